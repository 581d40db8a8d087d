package naru.peers.ipf;

import java.util.UUID;

/** The bodies of ITI-45 and ITI-47, which IPF validates but does not write. */
final class Queries {
    private Queries() {}

    static String identifiers(String number, String domain) {
        return message("PRPA_IN201309UV02", "PRPA_TE201309UV02", """
                <responsePriorityCode code="I"/>
                <parameterList>
                  <dataSource>
                    <value root="%s"/>
                    <semanticsText>DataSource.id</semanticsText>
                  </dataSource>
                  <patientIdentifier>
                    <value root="%s" extension="%s"/>
                    <semanticsText>Patient.id</semanticsText>
                  </patientIdentifier>
                </parameterList>
                """.formatted(Settings.DOMAIN, domain, number));
    }

    static String people(String family, String born) {
        return message("PRPA_IN201305UV02", "PRPA_TE201305UV02", """
                <responseModalityCode code="R"/>
                <responsePriorityCode code="I"/>
                <parameterList>
                  <livingSubjectBirthTime>
                    <value value="%s"/>
                    <semanticsText>LivingSubject.birthTime</semanticsText>
                  </livingSubjectBirthTime>
                  <livingSubjectName>
                    <value><family>%s</family></value>
                    <semanticsText>LivingSubject.name</semanticsText>
                  </livingSubjectName>
                </parameterList>
                """.formatted(born, family));
    }

    private static String message(String interaction, String trigger, String parameters) {
        return """
                <%1$s xmlns="urn:hl7-org:v3" ITSVersion="XML_1.0">
                  <id root="%2$s"/>
                  <creationTime value="20261101090000"/>
                  <interactionId root="2.16.840.1.113883.1.6" extension="%1$s"/>
                  <processingCode code="P"/>
                  <processingModeCode code="T"/>
                  <acceptAckCode code="AL"/>
                  <receiver typeCode="RCV">
                    <device classCode="DEV" determinerCode="INSTANCE"><id root="2.999.31"/></device>
                  </receiver>
                  <sender typeCode="SND">
                    <device classCode="DEV" determinerCode="INSTANCE"><id root="2.999.30"/></device>
                  </sender>
                  <controlActProcess classCode="CACT" moodCode="EVN">
                    <code code="%3$s" codeSystem="2.16.840.1.113883.1.6"/>
                    <queryByParameter>
                      <queryId root="%4$s"/>
                      <statusCode code="new"/>
                      %5$s
                    </queryByParameter>
                  </controlActProcess>
                </%1$s>
                """.formatted(interaction, Metadata.oid(), trigger, Metadata.oid(), parameters);
    }
}
