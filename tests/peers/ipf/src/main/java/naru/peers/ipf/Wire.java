package naru.peers.ipf;

import java.io.IOException;
import java.util.Collection;
import org.apache.camel.CamelContext;
import org.apache.camel.Processor;
import org.apache.camel.ProducerTemplate;
import org.apache.camel.TypeConverter;
import org.apache.camel.builder.RouteBuilder;
import org.apache.camel.impl.DefaultCamelContext;
import org.apache.camel.impl.converter.DefaultTypeConverter;
import org.apache.camel.support.jsse.KeyManagersParameters;
import org.apache.camel.support.jsse.KeyStoreParameters;
import org.apache.camel.support.jsse.SSLContextParameters;
import org.apache.camel.support.jsse.TrustManagersParameters;

/** IPF's endpoints toward the node, each between IPF's own two validators. */
final class Wire implements AutoCloseable {
    private final CamelContext camel = new Camel();
    private final ProducerTemplate producer;

    Wire() throws Exception {
        camel.getRegistry().bind("mutual", mutualTls());
        camel.start();
        producer = camel.createProducerTemplate();
    }

    /** A route through which one transaction goes: what is sent and what comes back is validated. */
    void route(String name, String endpoint, Processor sent, Processor received) throws Exception {
        camel.addRoutes(new RouteBuilder() {
            @Override
            public void configure() {
                errorHandler(noErrorHandler());
                from("direct:" + name).process(sent).to(endpoint).process(received);
            }
        });
    }

    /** A route of FHIR, whose client parses strictly. */
    void route(String name, String endpoint) throws Exception {
        route(name, endpoint, sent -> { }, received -> { });
    }

    static String fhir(String scheme) {
        return scheme + "://" + Settings.WIRE + "/fhir"
                + "?secure=true&audit=false&validation=strict&sslContextParameters=#mutual";
    }

    static String soap(String scheme, String path) {
        return scheme + "://" + Settings.WIRE + path
                + "?secure=true&audit=false&sslContextParameters=#mutual";
    }

    <T> T send(String route, Object body, Class<T> answer) {
        return producer.requestBody("direct:" + route, body, answer);
    }

    private static SSLContextParameters mutualTls() {
        KeyManagersParameters own = new KeyManagersParameters();
        own.setKeyStore(store(Settings.CERTIFICATE));
        own.setKeyPassword(Settings.PASSWORD);
        TrustManagersParameters trusted = new TrustManagersParameters();
        trusted.setKeyStore(store(Settings.AUTHORITY));
        SSLContextParameters tls = new SSLContextParameters();
        tls.setKeyManagers(own);
        tls.setTrustManagers(trusted);
        return tls;
    }

    private static KeyStoreParameters store(String file) {
        KeyStoreParameters store = new KeyStoreParameters();
        store.setType("PKCS12");
        store.setResource("file:" + file);
        store.setPassword(Settings.PASSWORD);
        return store;
    }

    /** Camel without the type converters of XCPD and of IPF's own HL7 v3 values. */
    private static final class Camel extends DefaultCamelContext {
        @Override
        protected TypeConverter createTypeConverter() {
            return new DefaultTypeConverter(
                    this, getPackageScanClassResolver(), getInjector(), true) {
                @Override
                protected Collection<String> findTypeConverterLoaderClasses() throws IOException {
                    // They load classes of IHE Gazelle, which is not on Maven Central.
                    return super.findTypeConverterLoaderClasses().stream()
                            .filter(name -> !name.contains(".ihe.hl7v3."))
                            .toList();
                }
            };
        }
    }

    @Override
    public void close() throws Exception {
        producer.close();
        camel.close();
    }
}
