package naru.peers.ipf;

import static naru.peers.ipf.Exchanges.exchange;
import static naru.peers.ipf.Exchanges.must;
import static org.openehealth.ipf.platform.camel.ihe.xds.XdsCamelValidators.*;

import java.nio.charset.StandardCharsets;
import java.util.List;
import javax.activation.DataHandler;
import org.apache.cxf.attachment.ByteDataSource;
import org.openehealth.ipf.commons.ihe.xds.core.metadata.AvailabilityStatus;
import org.openehealth.ipf.commons.ihe.xds.core.metadata.Document;
import org.openehealth.ipf.commons.ihe.xds.core.metadata.DocumentEntry;

import org.openehealth.ipf.commons.ihe.xds.core.metadata.SubmissionSet;
import org.openehealth.ipf.commons.ihe.xds.core.requests.DocumentReference;
import org.openehealth.ipf.commons.ihe.xds.core.requests.ProvideAndRegisterDocumentSet;
import org.openehealth.ipf.commons.ihe.xds.core.requests.QueryRegistry;
import org.openehealth.ipf.commons.ihe.xds.core.requests.RegisterDocumentSet;
import org.openehealth.ipf.commons.ihe.xds.core.requests.RetrieveDocumentSet;
import org.openehealth.ipf.commons.ihe.xds.core.requests.query.*;
import org.openehealth.ipf.commons.ihe.xds.core.responses.*;

/** ITI-41, 42, 18 and 43. */
final class DocumentExchanges {
    private static final byte[] CONTENT =
            "<referral>다른 이가 보낸 기록</referral>".getBytes(StandardCharsets.UTF_8);
    private final Wire wire;
    private final DocumentEntry provided = Metadata.entry(CONTENT, false);
    private final DocumentEntry registered = Metadata.entry(CONTENT, true);
    private final SubmissionSet providedIn = Metadata.submissionSet();

    DocumentExchanges(Wire wire) throws Exception {
        this.wire = wire;
        wire.route("iti41", Wire.soap("xds-iti41", "/ihe/repository"),
                iti41RequestValidator(), iti41ResponseValidator());
        wire.route("iti42", Wire.soap("xds-iti42", "/ihe/registry"),
                iti42RequestValidator(), iti42ResponseValidator());
        wire.route("iti18", Wire.soap("xds-iti18", "/ihe/registry"),
                iti18RequestValidator(), iti18ResponseValidator());
        wire.route("iti43", Wire.soap("xds-iti43", "/ihe/repository"),
                iti43RequestValidator(), iti43ResponseValidator());
    }

    void run() {
        exchange("ITI-41", "one document by MTOM", this::provide);
        exchange("ITI-42", "one entry", this::register);
        exchange("ITI-18", "FindDocuments", this::findDocuments);
        exchange("ITI-18", "FindDocuments by ObjectRef", this::findReferences);
        exchange("ITI-18", "GetDocuments", this::getDocuments);
        exchange("ITI-18", "FindSubmissionSets", this::findSubmissionSets);
        exchange("ITI-18", "GetSubmissionSetAndContents", this::getSubmissionSetAndContents);
        exchange("ITI-18", "FindDocuments of nobody", this::findNobody);
        exchange("ITI-43", "the provided document", this::retrieve);
        exchange("ITI-43", "a document that nobody has", this::retrieveUnknown);
    }

    List<String> uniqueIds() {
        return List.of(provided.getUniqueId(), registered.getUniqueId());
    }

    private String provide() {
        ProvideAndRegisterDocumentSet sent = new ProvideAndRegisterDocumentSet();
        sent.setSubmissionSet(providedIn);
        sent.getDocuments().add(new Document(provided,
                new DataHandler(new ByteDataSource(CONTENT, "text/xml"))));
        sent.getAssociations().add(Metadata.member(providedIn, provided));
        return succeeded(wire.send("iti41", sent, Response.class));
    }

    private String register() {
        RegisterDocumentSet sent = new RegisterDocumentSet();
        SubmissionSet set = Metadata.submissionSet();
        sent.setSubmissionSet(set);
        sent.getDocumentEntries().add(registered);
        sent.getAssociations().add(Metadata.member(set, registered));
        return succeeded(wire.send("iti42", sent, Response.class));
    }

    private String findDocuments() {
        QueryResponse answer = ask(byPatient(Metadata.PATIENT), QueryReturnType.LEAF_CLASS);
        DocumentEntry found = found(answer);
        must(CONTENT.length == found.getSize(), found.getSize());
        must(Metadata.sha1(CONTENT).equals(found.getHash()), found.getHash());
        must(Settings.REPOSITORY.equals(found.getRepositoryUniqueId()), found);
        must(provided.getTitle().getValue().equals(found.getTitle().getValue()), found.getTitle());
        must(provided.getTypeCode().equals(found.getTypeCode()), found.getTypeCode());
        must(provided.getAuthors().equals(found.getAuthors()), found.getAuthors());
        must(provided.getSourcePatientId().equals(found.getSourcePatientId()), found);
        provided.setEntryUuid(found.getEntryUuid());
        return answer.getDocumentEntries().size() + " entries";
    }

    private String findReferences() {
        QueryResponse answer = ask(byPatient(Metadata.PATIENT), QueryReturnType.OBJECT_REF);
        must(answer.getReferences().stream()
                .anyMatch(one -> one.getId().equals(provided.getEntryUuid())), answer);
        return answer.getReferences().size() + " references";
    }

    private String getDocuments() {
        GetDocumentsQuery query = new GetDocumentsQuery();
        query.setUniqueIds(List.of(provided.getUniqueId(), registered.getUniqueId()));
        QueryResponse answer = ask(query, QueryReturnType.LEAF_CLASS);
        must(answer.getDocumentEntries().size() == 2, answer);
        return "2 entries";
    }

    private String findSubmissionSets() {
        FindSubmissionSetsQuery query = new FindSubmissionSetsQuery();
        query.setPatientId(Metadata.PATIENT);
        query.setStatus(List.of(AvailabilityStatus.APPROVED));
        query.setSourceIds(List.of(Settings.INSTITUTION));
        QueryResponse answer = ask(query, QueryReturnType.LEAF_CLASS);
        must(answer.getSubmissionSets().stream()
                .anyMatch(one -> one.getUniqueId().equals(providedIn.getUniqueId())), answer);
        return answer.getSubmissionSets().size() + " submission sets";
    }

    private String getSubmissionSetAndContents() {
        GetSubmissionSetAndContentsQuery query = new GetSubmissionSetAndContentsQuery();
        query.setUniqueId(providedIn.getUniqueId());
        QueryResponse answer = ask(query, QueryReturnType.LEAF_CLASS);
        must(answer.getSubmissionSets().size() == 1, answer);
        must(answer.getAssociations().size() == 1, answer);
        found(answer);
        return "1 set, 1 entry, 1 association";
    }

    private String findNobody() {
        QueryResponse answer =
                ask(byPatient(Metadata.identifier("TEST-NOBODY")), QueryReturnType.LEAF_CLASS);
        must(answer.getDocumentEntries().isEmpty(), answer);
        return "0 entries";
    }

    private String retrieve() throws Exception {
        RetrievedDocumentSet answer = retrieved(provided.getUniqueId());
        must(answer.getStatus() == Status.SUCCESS, answer);
        RetrievedDocument document = answer.getDocuments().get(0);
        byte[] content = document.getDataHandler().getInputStream().readAllBytes();
        must(new String(content, StandardCharsets.UTF_8)
                .equals(new String(CONTENT, StandardCharsets.UTF_8)), content.length);
        must("text/xml".equals(document.getMimeType()), document.getMimeType());
        return content.length + " octets";
    }

    private String retrieveUnknown() {
        RetrievedDocumentSet answer = retrieved(Metadata.oid());
        must(answer.getStatus() == Status.FAILURE, answer.getStatus());
        // ITI TF-2 3.43.4.1.3: the repository does not know the document.
        must(answer.getErrors().get(0).getErrorCode() == ErrorCode.DOCUMENT_UNIQUE_ID_ERROR,
                answer.getErrors());
        return "XDSDocumentUniqueIdError";
    }

    private RetrievedDocumentSet retrieved(String uniqueId) {
        RetrieveDocumentSet asked = new RetrieveDocumentSet();
        asked.getDocuments().add(new DocumentReference(Settings.REPOSITORY, uniqueId, null));
        return wire.send("iti43", asked, RetrievedDocumentSet.class);
    }

    private QueryResponse ask(Query query, QueryReturnType kind) {
        QueryRegistry asked = new QueryRegistry(query);
        asked.setReturnType(kind);
        QueryResponse answer = wire.send("iti18", asked, QueryResponse.class);
        must(answer.getStatus() == Status.SUCCESS, answer.getErrors());
        return answer;
    }

    private FindDocumentsQuery byPatient(
            org.openehealth.ipf.commons.ihe.xds.core.metadata.Identifiable patient) {
        FindDocumentsQuery query = new FindDocumentsQuery();
        query.setPatientId(patient);
        query.setStatus(List.of(AvailabilityStatus.APPROVED));
        return query;
    }

    private DocumentEntry found(QueryResponse answer) {
        return answer.getDocumentEntries().stream()
                .filter(one -> one.getUniqueId().equals(provided.getUniqueId()))
                .findFirst()
                .orElseThrow(() -> new AssertionError("the provided document is not among "
                        + answer.getDocumentEntries().size()));
    }

    private static String succeeded(Response answer) {
        must(answer.getStatus() == Status.SUCCESS, answer.getErrors());
        return "Success";
    }
}
