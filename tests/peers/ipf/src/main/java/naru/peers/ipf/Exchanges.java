package naru.peers.ipf;

import java.io.FileOutputStream;
import java.io.FileDescriptor;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;

/** Every exchange, one line each: transaction, what was exchanged, and ok or what went wrong. */
public final class Exchanges {
    private static final PrintStream OUT =
            new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);

    private Exchanges() {}

    /** What one exchange does; it answers a few words, or throws. */
    @FunctionalInterface
    interface Exchange {
        String run() throws Exception;
    }

    public static void main(String[] arguments) throws Exception {
        try (Wire wire = new Wire()) {
            PatientExchanges patients = new PatientExchanges(wire);
            patients.run();
            new FhirExchanges(wire, patients.first, patients.family).run();
            DocumentExchanges documents = new DocumentExchanges(wire);
            documents.run();
            new MhdExchanges(wire, documents.uniqueIds()).run();
        }
    }

    static void exchange(String transaction, String subject, Exchange exchange) {
        String result;
        try {
            result = "ok\t" + exchange.run();
        } catch (Exception | AssertionError | LinkageError failure) {
            result = "failed\t" + causes(failure);
        }
        OUT.println(transaction + "\t" + subject + "\t" + result.replaceAll("\\s*\\R\\s*", " | "));
    }

    /** Ends an exchange whose answer is valid but is not what was asked for. */
    static void must(boolean holds, Object found) {
        if (!holds) {
            throw new AssertionError("unexpected: " + found);
        }
    }

    private static String causes(Throwable failure) {
        StringBuilder told = new StringBuilder();
        for (Throwable one = failure; one != null; one = one.getCause()) {
            told.append(told.length() == 0 ? "" : " <- ").append(one);
        }
        return told.toString();
    }
}
