// The bodies of PIXV3 and PDQV3 requests about a made-up person (ITI TF-2 3.44, 3.45, 3.47).
import { newOid } from "./xds.js";

const device = (role, type, root) =>
  `<${role} typeCode="${type}"><device classCode="DEV" determinerCode="INSTANCE">` +
  `<id root="${root}"/></device></${role}>`;

const message = (interaction, act) =>
  `<${interaction} xmlns="urn:hl7-org:v3" ITSVersion="XML_1.0"><id root="${newOid()}"/>` +
  '<creationTime value="20261101090000"/>' +
  `<interactionId root="2.16.840.1.113883.1.6" extension="${interaction}"/>` +
  '<processingCode code="P"/><processingModeCode code="T"/><acceptAckCode code="AL"/>' +
  device("receiver", "RCV", "2.999.31") + device("sender", "SND", "2.999.30") +
  '<controlActProcess classCode="CACT" moodCode="EVN">' +
  `<code code="${interaction.replace("_IN", "_TE")}" codeSystem="2.16.840.1.113883.1.6"/>` +
  `${act}</controlActProcess></${interaction}>`;

const query = (parameters, modality = "") =>
  `<queryByParameter><queryId root="${newOid()}"/><statusCode code="new"/>${modality}` +
  `<responsePriorityCode code="I"/><parameterList>${parameters}</parameterList>` +
  "</queryByParameter>";

export const addPatient = ({ number, domain, family }) => message("PRPA_IN201301UV02",
  '<subject typeCode="SUBJ"><registrationEvent classCode="REG" moodCode="EVN">' +
  '<id nullFlavor="NA"/><statusCode code="active"/><subject1 typeCode="SBJ">' +
  `<patient classCode="PAT"><id root="${domain}" extension="${number}"/>` +
  '<statusCode code="active"/><patientPerson classCode="PSN" determinerCode="INSTANCE">' +
  `<name><family>${family}</family><given>나루</given></name>` +
  '<administrativeGenderCode code="F" codeSystem="2.16.840.1.113883.5.1"/>' +
  '<birthTime value="19900101"/></patientPerson>' +
  '<providerOrganization classCode="ORG" determinerCode="INSTANCE">' +
  `<id root="${domain}"/><contactParty classCode="CON"><telecom value="tel:+82-00-000-0000"/>` +
  "</contactParty></providerOrganization></patient></subject1>" +
  '<custodian typeCode="CST"><assignedEntity classCode="ASSIGNED"><id root="2.999.30"/>' +
  "</assignedEntity></custodian></registrationEvent></subject>");

export const askIdentifiers = ({ number, domain, wanted }) => message("PRPA_IN201309UV02", query(
  `<dataSource><value root="${wanted}"/><semanticsText>DataSource.id</semanticsText>` +
  `</dataSource><patientIdentifier><value root="${domain}" extension="${number}"/>` +
  "<semanticsText>Patient.id</semanticsText></patientIdentifier>"));

export const askPeople = ({ family }) => message("PRPA_IN201305UV02", query(
  `<livingSubjectName><value><family>${family}</family></value>` +
  "<semanticsText>LivingSubject.name</semanticsText></livingSubjectName>",
  '<responseModalityCode code="R"/>'));
