package naru.peers.ipf;

/** What the test says of the node and of the caller; each is a system property. */
final class Settings {
    static final String WIRE = named("wire");
    static final String CERTIFICATE = named("certificate");
    static final String AUTHORITY = named("authority");
    static final String PASSWORD = named("password");
    static final String INSTITUTION = named("institution");
    static final String REPOSITORY = named("repository");
    static final String DOMAIN = named("domain");
    static final String PATIENT = named("patient");

    private Settings() {}

    private static String named(String name) {
        String value = System.getProperty("naru." + name);
        if (value == null) {
            throw new IllegalArgumentException("-Dnaru." + name + " is missing");
        }
        return value;
    }
}
