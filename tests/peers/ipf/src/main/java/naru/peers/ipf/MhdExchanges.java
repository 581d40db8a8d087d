package naru.peers.ipf;

import static naru.peers.ipf.Exchanges.exchange;
import static naru.peers.ipf.Exchanges.must;

import ca.uhn.fhir.rest.gclient.ICriterion;
import ca.uhn.fhir.rest.gclient.TokenClientParam;
import java.util.List;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.DocumentReference;
import org.hl7.fhir.r4.model.ListResource;

/** ITI-66 and 67: what ITI-41 and 42 brought is found by FHIR, too. */
final class MhdExchanges {
    private static final TokenClientParam PATIENT = new TokenClientParam("patient.identifier");
    private final Wire wire;
    private final List<String> uniqueIds;

    MhdExchanges(Wire wire, List<String> uniqueIds) throws Exception {
        this.wire = wire;
        this.uniqueIds = uniqueIds;
        wire.route("iti66", Wire.fhir("mhd-iti66"));
        wire.route("iti67", Wire.fhir("mhd-iti67"));
    }

    void run() {
        exchange("ITI-67", "documents of a patient", this::findReferences);
        exchange("ITI-66", "submission sets of a patient", this::findLists);
    }

    private String findReferences() {
        ICriterion<?>[] criteria = {patient(), DocumentReference.STATUS.exactly().code("current")};
        List<String> found = wire.send("iti67", criteria, Bundle.class).getEntry().stream()
                .map(Bundle.BundleEntryComponent::getResource)
                .filter(DocumentReference.class::isInstance)
                .map(one -> ((DocumentReference) one).getMasterIdentifier().getValue())
                .toList();
        for (String uniqueId : uniqueIds) {
            must(found.contains("urn:oid:" + uniqueId), found);
        }
        return found.size() + " DocumentReferences";
    }

    private String findLists() {
        // IPF's criteria would ask for DocumentManifest, which MHD 4.0 replaced by List (2:3.66).
        String asked = "List?code=https://profiles.ihe.net/ITI/MHD/CodeSystem/MHDlistTypes"
                + "%7Csubmissionset&status=current&patient.identifier=urn:oid:"
                + Settings.DOMAIN + "%7C" + Settings.PATIENT;
        List<ListResource> found = wire.send("iti66", asked, Bundle.class).getEntry().stream()
                .map(Bundle.BundleEntryComponent::getResource)
                .filter(ListResource.class::isInstance)
                .map(ListResource.class::cast)
                .toList();
        must(found.size() >= uniqueIds.size(), found.size() + " Lists");
        return found.size() + " Lists";
    }

    private static ICriterion<?> patient() {
        return PATIENT.exactly().systemAndIdentifier("urn:oid:" + Settings.DOMAIN, Settings.PATIENT);
    }
}
