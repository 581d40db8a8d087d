package naru.peers.ipf;

import static naru.peers.ipf.Exchanges.exchange;
import static naru.peers.ipf.Exchanges.must;

import ca.uhn.fhir.rest.gclient.ICriterion;
import java.util.List;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.Identifier;
import org.hl7.fhir.r4.model.Parameters;
import org.hl7.fhir.r4.model.Patient;
import org.hl7.fhir.r4.model.StringType;
import org.hl7.fhir.r4.model.UriType;

/** ITI-78 and 83 about the person of whom ITI-44 told; IPF's parsers take nothing unknown. */
final class FhirExchanges {
    private final Wire wire;
    private final String number;
    private final String family;

    FhirExchanges(Wire wire, String number, String family) throws Exception {
        this.wire = wire;
        this.number = number;
        this.family = family;
        wire.route("iti78", Wire.fhir("pdqm-iti78"));
        wire.route("iti83", Wire.fhir("pixm-iti83"));
    }

    void run() {
        exchange("ITI-78", "by identifier", this::byIdentifier);
        exchange("ITI-78", "by name and birth date", this::byName);
        exchange("ITI-83", "the affinity domain's identifier", this::identify);
    }

    private String byIdentifier() {
        ICriterion<?>[] criteria = {Patient.IDENTIFIER.exactly()
                .systemAndIdentifier(system(), number)};
        return onePatient(wire.send("iti78", criteria, Bundle.class));
    }

    private String byName() {
        ICriterion<?>[] criteria = {
            Patient.FAMILY.matches().value(family),
            Patient.BIRTHDATE.exactly().day("1990-01-02"),
        };
        return onePatient(wire.send("iti78", criteria, Bundle.class));
    }

    private String onePatient(Bundle bundle) {
        List<Patient> found = bundle.getEntry().stream()
                .map(Bundle.BundleEntryComponent::getResource)
                .filter(Patient.class::isInstance)
                .map(Patient.class::cast)
                .toList();
        must(found.size() == 1, found.size() + " patients");
        must(found.get(0).getIdentifier().stream().anyMatch(one ->
                one.getSystem().equals(system()) && one.getValue().equals(number)), found);
        return "1 Patient";
    }

    private String identify() {
        Parameters asked = new Parameters();
        asked.addParameter().setName("sourceIdentifier")
                .setValue(new StringType(system() + "|" + number));
        asked.addParameter().setName("targetSystem")
                .setValue(new UriType("urn:oid:" + Settings.DOMAIN));
        Parameters told = wire.send("iti83", asked, Parameters.class);
        List<Identifier> found = told.getParameter().stream()
                .filter(one -> one.getName().equals("targetIdentifier"))
                .map(one -> (Identifier) one.getValue())
                .toList();
        must(found.size() == 1, found);
        must(found.get(0).getSystem().equals("urn:oid:" + Settings.DOMAIN), found.get(0));
        return "1 identifier";
    }

    private static String system() {
        return "urn:oid:" + PatientExchanges.DOMAIN;
    }
}
