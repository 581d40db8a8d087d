package naru.peers.ipf;

import static naru.peers.ipf.Exchanges.exchange;
import static naru.peers.ipf.Exchanges.must;
import static org.openehealth.ipf.platform.camel.ihe.hl7v3.PixPdqV3CamelValidators.*;

import ca.uhn.hl7v2.HapiContext;
import ca.uhn.hl7v2.model.Message;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.openehealth.ipf.commons.core.config.ContextFacade;
import org.openehealth.ipf.commons.core.config.Registry;
import org.openehealth.ipf.commons.ihe.hl7v2.definitions.CustomModelClassUtils;
import org.openehealth.ipf.commons.ihe.hl7v2.definitions.HapiContextFactory;
import org.openehealth.ipf.commons.ihe.hl7v3.translation.PixFeedRequest2to3Translator;
import org.openehealth.ipf.commons.map.BidiMappingService;
import org.openehealth.ipf.commons.map.MappingService;
import org.openehealth.ipf.gazelle.validation.profile.pixpdq.PixPdqTransactions;

/** ITI-44, whose messages IPF itself translates from HL7 v2, then ITI-45 and 47. */
final class PatientExchanges {
    static final String DOMAIN = Settings.INSTITUTION + ".1";
    private final Wire wire;
    private final HapiContext v2 = HapiContextFactory.createHapiContext(
            CustomModelClassUtils.createFactory("pix", "2.3.1"), PixPdqTransactions.ITI8);
    private final PixFeedRequest2to3Translator translator = new PixFeedRequest2to3Translator();
    final String family = "Ferry" + UUID.randomUUID().toString().replaceAll("[^a-f]", "");
    final String first = number();
    private final String second = number();

    PatientExchanges(Wire wire) throws Exception {
        this.wire = wire;
        BidiMappingService mapping = new BidiMappingService();
        mapping.setMappingScript(getClass().getResource("/META-INF/map/hl7-v2-v3-translation.map"));
        ContextFacade.setRegistry(new Beans(mapping, v2));
        translator.setProviderOrganizationIdRoot(DOMAIN);
        wire.route("iti44", Wire.soap("pixv3-iti44", "/ihe/pix"),
                iti44RequestValidator(), iti44ResponseValidator());
        wire.route("iti45", Wire.soap("pixv3-iti45", "/ihe/pix"),
                iti45RequestValidator(), iti45ResponseValidator());
        wire.route("iti47", Wire.soap("pdqv3-iti47", "/ihe/pdq"),
                iti47RequestValidator(), iti47ResponseValidator());
    }

    void run() {
        exchange("ITI-44", "add", () -> accepted(fed("A01", first, "19900101", "")));
        exchange("ITI-44", "add another", () -> accepted(fed("A04", second, "19900101", "")));
        exchange("ITI-44", "revise", () -> accepted(fed("A08", first, "19900102", "")));
        exchange("ITI-45", "the affinity domain's identifier", this::identify);
        exchange("ITI-47", "by name and birth date", this::find);
        exchange("ITI-44", "merge", () -> accepted(fed("A40", first, "19900102", second)));
        exchange("ITI-45", "an identifier that nobody has", this::identifyNobody);
        exchange("ITI-47", "nobody", this::findNobody);
    }

    private String fed(String event, String number, String born, String prior) throws Exception {
        String domain = "^^^&" + DOMAIN + "&ISO";
        String merged = prior.isEmpty() ? "" : "MRG|" + prior + domain + "\r";
        String structure = event.equals("A40") ? "^ADT_A39" : "^ADT_A01";
        Message told = v2.getPipeParser().parse(
                "MSH|^~\\&|PEER|PEER|NARU|NARU|20261101090000||ADT^" + event + structure + "|"
                + UUID.randomUUID() + "|P|2.3.1\rEVN|" + event + "|20261101090000\r"
                + "PID|||" + number + domain + "||" + family + "^Naru||" + born + "|F\r"
                + (prior.isEmpty() ? "PV1||O\r" : merged));
        return wire.send("iti44", translator.translateV2toV3(told, null, "UTF-8"), String.class);
    }

    private static String accepted(String answer) {
        must(answer.contains("typeCode code=\"CA\"") || answer.contains("code=\"CA\""), answer);
        return "CA";
    }

    private String identify() {
        String answer = wire.send("iti45", Queries.identifiers(first, DOMAIN), String.class);
        must("AA OK".equals(outcome(answer)), answer);
        must(extension(answer, Settings.DOMAIN) != null, answer);
        return "AA OK, one identifier";
    }

    private String identifyNobody() {
        String answer = wire.send("iti45", Queries.identifiers(number(), DOMAIN), String.class);
        // ITI TF-2 3.45.4.2.3: case 4 of the response's cases, the identifier is not recognized.
        must("AE AE".equals(outcome(answer)), answer);
        return "AE AE";
    }

    private String find() {
        String answer = wire.send("iti47", Queries.people(family, "19900102"), String.class);
        must("AA OK".equals(outcome(answer)), answer);
        must(first.equals(extension(answer, DOMAIN)), answer);
        return "AA OK, the patient";
    }

    private String findNobody() {
        String answer = wire.send("iti47", Queries.people("Nobody" + family, "1900"), String.class);
        must("AA NF".equals(outcome(answer)), answer);
        return "AA NF";
    }

    private static String outcome(String answer) {
        Matcher acknowledged = Pattern.compile(
                "acknowledgement>.*?typeCode code=\"(\\w+)\"", Pattern.DOTALL).matcher(answer);
        Matcher query = Pattern.compile("queryResponseCode code=\"(\\w+)\"").matcher(answer);
        return (acknowledged.find() ? acknowledged.group(1) : "none") + " "
                + (query.find() ? query.group(1) : "none");
    }

    private static String extension(String answer, String root) {
        for (Matcher id = Pattern.compile("<(?:\\w+:)?id ([^>]*)/?>").matcher(answer); id.find();) {
            Matcher given = Pattern.compile("extension=\"([^\"]*)\"").matcher(id.group(1));
            if (id.group(1).contains("root=\"" + root + "\"") && given.find()) {
                return given.group(1);
            }
        }
        return null;
    }

    private static String number() {
        return "TEST-" + UUID.randomUUID().toString().substring(0, 12).toUpperCase();
    }

    /** The two things that IPF's translators look up. */
    private record Beans(MappingService mapping, HapiContext v2) implements Registry {
        @Override
        public Object bean(String name) {
            throw new IllegalArgumentException(name);
        }

        @Override
        public <T> T bean(Class<T> kind) {
            return kind.cast(kind == MappingService.class ? mapping : v2);
        }

        @Override
        public <T> java.util.Map<String, T> beans(Class<T> kind) {
            return java.util.Map.of("only", bean(kind));
        }
    }
}
