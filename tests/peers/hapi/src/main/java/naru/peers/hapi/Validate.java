package naru.peers.hapi;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.context.support.DefaultProfileValidationSupport;
import ca.uhn.fhir.validation.FhirValidator;
import ca.uhn.fhir.validation.ResultSeverityEnum;
import ca.uhn.fhir.validation.SingleValidationMessage;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.hl7.fhir.common.hapi.validation.support.CommonCodeSystemsTerminologyService;
import org.hl7.fhir.common.hapi.validation.support.InMemoryTerminologyServerValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.PrePopulatedValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.SnapshotGeneratingValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.ValidationSupportChain;
import org.hl7.fhir.common.hapi.validation.validator.FhirInstanceValidator;

/** Every resource of a folder, one line each: its file, ok or failed, what is wrong or else advised. */
public final class Validate {
    private static final PrintStream OUT =
            new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);

    private Validate() {}

    public static void main(String[] arguments) throws IOException {
        FhirValidator validator = validator();
        try (Stream<Path> files = Files.list(Path.of(System.getProperty("naru.folder")))) {
            for (Path file : files.sorted().toList()) {
                List<SingleValidationMessage> all =
                        validator.validateWithResult(Files.readString(file)).getMessages();
                List<SingleValidationMessage> wrong =
                        all.stream().filter(Validate::isWrong).toList();
                String told = (wrong.isEmpty() ? all : wrong).stream()
                        .map(one -> one.getLocationString() + ": " + one.getMessage())
                        .collect(Collectors.joining(" | "));
                OUT.println("FHIR\t" + file.getFileName() + "\t"
                        + (wrong.isEmpty() ? "ok" : "failed") + "\t"
                        + told.replaceAll("\\s+", " "));
            }
        }
    }

    private static boolean isWrong(SingleValidationMessage message) {
        return message.getSeverity().compareTo(ResultSeverityEnum.ERROR) >= 0;
    }

    private static FhirValidator validator() throws IOException {
        FhirContext r4 = FhirContext.forR4();
        String definitions = System.getProperty("naru.definitions", "");
        ValidationSupportChain support = new ValidationSupportChain(
                new DefaultProfileValidationSupport(r4),
                definitions(r4, definitions),
                new SnapshotGeneratingValidationSupport(r4),
                new InMemoryTerminologyServerValidationSupport(r4),
                new CommonCodeSystemsTerminologyService(r4));
        // FHIR R4 4.1.5: one coding of a concept has to be in the value set, translations need not.
        support.setCodeableConceptValidationSuccessfulIfNotAllCodingsAreValid(true);
        FhirInstanceValidator instances = new FhirInstanceValidator(support);
        instances.setAnyExtensionsAllowed(true);
        // Packages of profiles are not on Maven Central: who has them brings them.
        instances.setErrorForUnknownProfiles(!definitions.isEmpty());
        return r4.newValidator().registerValidatorModule(instances);
    }

    /** The profiles, code systems and value sets of a folder, one resource in each file. */
    private static PrePopulatedValidationSupport definitions(FhirContext r4, String folder)
            throws IOException {
        PrePopulatedValidationSupport found = new PrePopulatedValidationSupport(r4);
        if (folder.isEmpty()) {
            return found;
        }
        try (Stream<Path> files = Files.list(Path.of(folder))) {
            for (Path file : files.sorted().toList()) {
                found.addResource(r4.newJsonParser().parseResource(Files.readString(file)));
            }
        }
        return found;
    }
}
