package naru.peers.ipf;

import java.math.BigInteger;
import java.security.MessageDigest;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.UUID;
import org.openehealth.ipf.commons.ihe.xds.core.metadata.*;

/** XDS metadata of a made-up referral, in IPF's own values. */
final class Metadata {
    /** Only what was done since the patient consented is exchanged, and that was today. */
    private static final String TODAY =
            LocalDate.now(ZoneId.of("Asia/Seoul")).format(DateTimeFormatter.BASIC_ISO_DATE);
    static final Identifiable PATIENT = identifier(Settings.PATIENT);

    private Metadata() {}

    static Identifiable identifier(String value) {
        return new Identifiable(value, new AssigningAuthority(Settings.DOMAIN));
    }

    static String oid() {
        UUID random = UUID.randomUUID();
        byte[] octets = java.nio.ByteBuffer.allocate(16)
                .putLong(random.getMostSignificantBits())
                .putLong(random.getLeastSignificantBits()).array();
        return "2.25." + new BigInteger(1, octets);
    }

    static SubmissionSet submissionSet() {
        SubmissionSet set = new SubmissionSet();
        set.assignEntryUuid();
        set.setUniqueId(oid());
        set.setPatientId(PATIENT);
        set.setSourceId(Settings.INSTITUTION);
        set.setSubmissionTime(TODAY);
        set.setAvailabilityStatus(AvailabilityStatus.APPROVED);
        set.setContentTypeCode(code("referral", "NARU-CONTENT-TYPE", "의뢰"));
        set.setTitle(new LocalizedString("보냄", "ko-KR", "UTF-8"));
        set.getAuthors().add(author());
        return set;
    }

    /** An entry as a source writes it, or with what a repository adds to it. */
    static DocumentEntry entry(byte[] content, boolean fromRepository) {
        DocumentEntry entry = new DocumentEntry();
        entry.assignEntryUuid();
        entry.setUniqueId(oid());
        entry.setPatientId(PATIENT);
        entry.setSourcePatientId(
                new Identifiable("TEST-C1", new AssigningAuthority(Settings.INSTITUTION + ".1")));
        entry.setAvailabilityStatus(AvailabilityStatus.APPROVED);
        entry.setMimeType("text/xml");
        entry.setLanguageCode("ko-KR");
        entry.setCreationTime("20261101090000");
        entry.setServiceStartTime(TODAY);
        entry.setServiceStopTime(TODAY);
        entry.setTitle(new LocalizedString("진료의뢰서 <&>", "ko-KR", "UTF-8"));
        entry.setClassCode(code("referral", "NARU-CLASS", "의뢰"));
        entry.setTypeCode(code("57133-1", "2.16.840.1.113883.6.1", "진료의뢰서"));
        entry.setFormatCode(code("urn:test:format", "2.999.6", "형식"));
        entry.setHealthcareFacilityTypeCode(code("11", "2.999.7", "종합병원"));
        entry.setPracticeSettingCode(code("01", "2.999.8", "내과"));
        entry.getConfidentialityCodes().add(code("N", "2.16.840.1.113883.5.25", "일반"));
        entry.getAuthors().add(author());
        if (fromRepository) {
            entry.setRepositoryUniqueId(Settings.REPOSITORY);
            entry.setSize((long) content.length);
            entry.setHash(sha1(content));
        }
        return entry;
    }

    static Association member(SubmissionSet set, DocumentEntry entry) {
        Association member = new Association();
        member.assignEntryUuid();
        member.setAssociationType(AssociationType.HAS_MEMBER);
        member.setSourceUuid(set.getEntryUuid());
        member.setTargetUuid(entry.getEntryUuid());
        member.setLabel(AssociationLabel.ORIGINAL);
        return member;
    }

    static String sha1(byte[] content) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-1").digest(content));
        } catch (java.security.NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static Author author() {
        Author author = new Author();
        Name<?> name = new XcnName();
        name.setFamilyName("김");
        name.setGivenName("나루");
        author.setAuthorPerson(
                new Person(new Identifiable("TEST-D1", new AssigningAuthority("2.999.2")), name));
        author.getAuthorInstitution().add(new Organization("시험병원", Settings.INSTITUTION, null));
        author.getAuthorRole().add(new Identifiable("주치의"));
        author.getAuthorSpecialty().add(new Identifiable("내과"));
        return author;
    }

    private static Code code(String value, String scheme, String display) {
        return new Code(value, new LocalizedString(display, "ko-KR", "UTF-8"), scheme);
    }
}
