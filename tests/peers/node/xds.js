// The bodies of XDS.b requests about a made-up referral, as ebXML (ITI TF-3 4.2).
import { createHash, randomUUID } from "node:crypto";

export const newUuid = () => `urn:uuid:${randomUUID()}`;
export const newOid = () => `2.25.${BigInt(`0x${randomUUID().replaceAll("-", "")}`)}`;
export const sha1 = (content) => createHash("sha1").update(content).digest("hex");

const RIM = "urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0";
const LCM = "urn:oasis:names:tc:ebxml-regrep:xsd:lcm:3.0";
const QUERY = "urn:oasis:names:tc:ebxml-regrep:xsd:query:3.0";
const XDSB = "urn:ihe:iti:xds-b:2007";
const HAS_MEMBER = "urn:oasis:names:tc:ebxml-regrep:AssociationType:HasMember";
export const APPROVED = "urn:oasis:names:tc:ebxml-regrep:StatusType:Approved";
const today = new Date().toLocaleDateString("sv", { timeZone: "Asia/Seoul" }).replaceAll("-", "");

const slot = (name, ...values) =>
  `<rim:Slot name="${name}"><rim:ValueList>` +
  values.map((value) => `<rim:Value>${value}</rim:Value>`).join("") +
  "</rim:ValueList></rim:Slot>";

const named = (text) =>
  `<rim:Name><rim:LocalizedString xml:lang="ko-KR" value="${text}"/></rim:Name>`;

const classification = (scheme, object, code, codingScheme, display) =>
  `<rim:Classification id="${newUuid()}" classificationScheme="urn:uuid:${scheme}" ` +
  `classifiedObject="${object}" nodeRepresentation="${code}">` +
  `${slot("codingScheme", codingScheme)}${named(display)}</rim:Classification>`;

const author = (scheme, object, institution) =>
  `<rim:Classification id="${newUuid()}" classificationScheme="urn:uuid:${scheme}" ` +
  `classifiedObject="${object}" nodeRepresentation="">` +
  slot("authorPerson", "TEST-D1^김^나루^^^^^^&amp;2.999.2&amp;ISO") +
  slot("authorInstitution", `시험병원^^^^^^^^^${institution}`) +
  "</rim:Classification>";

const external = (scheme, object, name, value) =>
  `<rim:ExternalIdentifier id="${newUuid()}" identificationScheme="urn:uuid:${scheme}" ` +
  `registryObject="${object}" value="${value}">${named(name)}</rim:ExternalIdentifier>`;

// One document entry; what a repository adds to it is told by `repository` and `content`.
const entry = ({ id, uniqueId, patient, institution, repository, content }) =>
  `<rim:ExtrinsicObject id="${id}" mimeType="text/xml" status="${APPROVED}" ` +
  'objectType="urn:uuid:7edca82f-054d-47f2-a032-9b2a5b5186c1">' +
  slot("creationTime", "20261101090000") +
  slot("languageCode", "ko-KR") +
  slot("serviceStartTime", today) +
  slot("serviceStopTime", today) +
  slot("sourcePatientId", `TEST-C1^^^&amp;${institution}.1&amp;ISO`) +
  (repository ? slot("repositoryUniqueId", repository) : "") +
  (repository ? slot("size", content.length) + slot("hash", sha1(content)) : "") +
  named("진료의뢰서") +
  author("93606bcf-9494-43ec-9b4e-a7748d1a838d", id, institution) +
  classification("41a5887f-8865-4c09-adf7-e362475b143a", id, "referral", "NARU-CLASS", "의뢰") +
  classification("f4f85eac-e6cb-4883-b524-f2705394840f", id, "N", "2.16.840.1.113883.5.25", "N") +
  classification("a09d5840-386c-46f2-b5ad-9c3699a4309d", id, "urn:test:format", "2.999.6", "형식") +
  classification("f33fb8ac-18af-42cc-ae0e-ed0b0bdb91e1", id, "11", "2.999.7", "종합병원") +
  classification("cccf5598-8b07-4b77-a05e-ae952c785ead", id, "01", "2.999.8", "내과") +
  classification(
    "f0306f51-975f-434e-a61c-c59651d33983", id, "57133-1", "2.16.840.1.113883.6.1", "진료의뢰서",
  ) +
  external("58a6f841-87b3-4a3e-92fd-a8ffeff98427", id, "XDSDocumentEntry.patientId", patient) +
  external("2e82c1f6-a085-4c72-9da3-8640a32e42ab", id, "XDSDocumentEntry.uniqueId", uniqueId) +
  "</rim:ExtrinsicObject>";

const submissionSet = ({ id, patient, institution }) =>
  `<rim:RegistryPackage id="${id}" status="${APPROVED}">` +
  slot("submissionTime", today) +
  named("보냄") +
  author("a7058bb9-b4e4-4307-ba5b-e3f0ab85e12d", id, institution) +
  classification(
    "aa543740-bdda-424e-8c96-df4873be8500", id, "referral", "NARU-CONTENT-TYPE", "의뢰",
  ) +
  external("6b5aea1a-874d-4603-a4bc-96a0a7b38446", id, "XDSSubmissionSet.patientId", patient) +
  external("96fdda7c-d067-4183-912e-bf5ee74998a8", id, "XDSSubmissionSet.uniqueId", newOid()) +
  external("554ac39e-e3fe-47fe-b233-965d2a147832", id, "XDSSubmissionSet.sourceId", institution) +
  "</rim:RegistryPackage>" +
  `<rim:Classification id="${newUuid()}" classifiedObject="${id}" ` +
  'classificationNode="urn:uuid:a54d6aa5-d40d-43f9-88c5-b4633d873bdd"/>';

const submission = (described) => {
  const set = newUuid();
  return (
    `<lcm:SubmitObjectsRequest xmlns:lcm="${LCM}" xmlns:rim="${RIM}"><rim:RegistryObjectList>` +
    submissionSet({ ...described, id: set }) +
    described.entries.map((one) => entry({ ...described, ...one })).join("") +
    described.entries.map((one) =>
      `<rim:Association id="${newUuid()}" associationType="${HAS_MEMBER}" ` +
      `sourceObject="${set}" targetObject="${one.id}">` +
      `${slot("SubmissionSetStatus", "Original")}</rim:Association>`).join("") +
    "</rim:RegistryObjectList></lcm:SubmitObjectsRequest>"
  );
};

// ITI-42.
export const register = submission;

// ITI-41: each document is an attachment that its Include names.
export const provide = (described) =>
  `<xdsb:ProvideAndRegisterDocumentSetRequest xmlns:xdsb="${XDSB}">` +
  submission(described) +
  described.entries.map((one) =>
    `<xdsb:Document id="${one.id}"><xop:Include xmlns:xop="http://www.w3.org/2004/08/xop/include" ` +
    `href="cid:${one.cid}"/></xdsb:Document>`).join("") +
  "</xdsb:ProvideAndRegisterDocumentSetRequest>";

// ITI-18 FindDocuments.
export const findDocuments = (patient) =>
  `<query:AdhocQueryRequest xmlns:query="${QUERY}" xmlns:rim="${RIM}">` +
  '<query:ResponseOption returnComposedObjects="true" returnType="LeafClass"/>' +
  '<rim:AdhocQuery id="urn:uuid:14d4debf-8f97-4251-9a74-a90016b0af0d">' +
  slot("$XDSDocumentEntryPatientId", `'${patient}'`) +
  slot("$XDSDocumentEntryStatus", `('${APPROVED}')`) +
  "</rim:AdhocQuery></query:AdhocQueryRequest>";
