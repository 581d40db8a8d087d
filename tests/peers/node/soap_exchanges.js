// Exchanges of npm `soap`, made from the published WSDLs, by mutual TLS. One line for each:
// transaction, subject, ok or failed, and a detail, parted by tabs.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import soap from "soap";
import { exchange } from "./exchange.js";
import * as hl7v3 from "./hl7v3.js";
import * as xds from "./xds.js";

const settings = JSON.parse(process.env.NARU_PEER);
const { institution, domain, repository } = settings;
const patient = `${settings.patient}^^^&amp;${domain}&amp;ISO`;
const security = new soap.ClientSSLSecurity(
  settings.key, settings.certificate, settings.authority, { rejectUnauthorized: true },
);
const WSA = "http://www.w3.org/2005/08/addressing";
const MUST = 'env:mustUnderstand="true" xmlns:env="http://www.w3.org/2003/05/soap-envelope"';

async function client(wsdl, path, action) {
  const made = await soap.createClientAsync(`${settings.wsdl}/${wsdl}`, {
    endpoint: `https://127.0.0.1:${settings.port}${path}`,
    // SOAP 1.2 as ITI TF-2 V.3 wants; the parts of its MTOM packages stay labelled as SOAP 1.1.
    forceSoap12Headers: true,
    parseResponseAttachments: true,
    normalizeNames: true,
  });
  made.setSecurity(security);
  made.setSOAPAction(action);
  made.addSoapHeader(
    `<wsa:Action xmlns:wsa="${WSA}" ${MUST}>${action}</wsa:Action>` +
    `<wsa:MessageID xmlns:wsa="${WSA}">${xds.newUuid()}</wsa:MessageID>` +
    `<wsa:ReplyTo xmlns:wsa="${WSA}"><wsa:Address>${WSA}/anonymous</wsa:Address></wsa:ReplyTo>` +
    `<wsa:To xmlns:wsa="${WSA}">https://127.0.0.1:${settings.port}${path}</wsa:To>`,
  );
  return made;
}

const attributes = (element) => element.attributes ?? element.$attributes ?? {};
const status = (answer) => attributes(answer).status?.split(":").at(-1);
const succeeded = (answer) => {
  assert.equal(status(answer), "Success", JSON.stringify(answer));
  return "Success";
};

const described = (cid) => ({ id: xds.newUuid(), uniqueId: xds.newOid(), cid });
const contents = ["<referral>첫째 기록</referral>", "<referral>둘째 기록</referral>"].map((text) =>
  Buffer.from(text.repeat(1000), "utf8"));
const sent = [described("first@peer"), described("second@peer")];

async function provide(options) {
  const made = await client(
    "xds/iti41.wsdl", "/ihe/repository", "urn:ihe:iti:2007:ProvideAndRegisterDocumentSet-b",
  );
  const [answer] = await made.DocumentRepository_ProvideAndRegisterDocumentSet_bAsync(
    { _xml: xds.provide({ patient, institution, entries: options.entries }) },
    { attachments: options.attachments, forceMTOM: true },
  );
  return succeeded(answer);
}

await exchange("ITI-41", "two documents as attachments", () => provide({
  entries: sent,
  attachments: sent.map((one, index) => ({
    mimetype: "text/xml", contentId: one.cid, name: `${index}.xml`, body: contents[index],
  })),
}));

await exchange("ITI-42", "one entry", async () => {
  const made = await client(
    "xds/iti42.wsdl", "/ihe/registry", "urn:ihe:iti:2007:RegisterDocumentSet-b",
  );
  const [answer] = await made.DocumentRegistry_RegisterDocumentSet_bAsync({
    _xml: xds.register({
      patient, institution, repository, content: contents[0], entries: [described()],
    }),
  });
  return succeeded(answer);
});

await exchange("ITI-18", "FindDocuments", async () => {
  const made = await client(
    "xds/iti18.wsdl", "/ihe/registry", "urn:ihe:iti:2007:RegistryStoredQuery",
  );
  const [answer, raw] = await made.DocumentRegistry_RegistryStoredQueryAsync({
    _xml: xds.findDocuments(patient),
  });
  succeeded(answer);
  const found = [].concat(answer.RegistryObjectList.ExtrinsicObject);
  for (const one of sent) {
    assert.ok(raw.includes(one.uniqueId), "a provided document is not found");
  }
  assert.ok(found.length >= sent.length + 1, `${found.length} entries`);
  return `${found.length} entries`;
});

await exchange("ITI-43", "two documents as attachments", async () => {
  const made = await client(
    "xds/iti43.wsdl", "/ihe/repository", "urn:ihe:iti:2007:RetrieveDocumentSet",
  );
  const [answer, , , , attached] = await made.DocumentRepository_RetrieveDocumentSetAsync({
    DocumentRequest: sent.map((one) => ({
      RepositoryUniqueId: repository, DocumentUniqueId: one.uniqueId,
    })),
  }, { forceMTOM: true });
  succeeded(answer.RegistryResponse);
  const responses = [].concat(answer.DocumentResponse);
  assert.equal(responses.length, 2);
  for (const [index, one] of sent.entries()) {
    const response = responses.find((each) => each.DocumentUniqueId === one.uniqueId);
    const cid = decodeURIComponent(attributes(response.Document.Include).href.slice("cid:".length));
    const part = attached.parts.find((each) => each.headers["content-id"] === `<${cid}>`);
    assert.deepEqual(part.body, contents[index]);
  }
  return "2 documents, octet by octet";
});

const person = {
  number: `TEST-${randomUUID().slice(0, 12).toUpperCase()}`,
  domain: `${institution}.1`,
  family: `나루${randomUUID().replaceAll(/[^a-f]/g, "")}`,
  wanted: domain,
};

async function patients(wsdl, path, interaction, operation, body) {
  const made = await client(wsdl, path, `urn:hl7-org:v3:${interaction}`);
  const [answer, raw] = await made[`${operation}_${interaction}Async`]({ _xml: body });
  return { code: attributes([].concat(answer.acknowledgement)[0].typeCode).code, answer, raw };
}

await exchange("ITI-44", "add", async () => {
  const told = await patients(
    "hl7v3/iti44-pix.wsdl", "/ihe/pix", "PRPA_IN201301UV02", "PIXManager", hl7v3.addPatient(person),
  );
  assert.equal(told.code, "CA", told.raw);
  return told.code;
});

await exchange("ITI-45", "the affinity domain's identifier", async () => {
  const told = await patients(
    "hl7v3/iti45.wsdl", "/ihe/pix", "PRPA_IN201309UV02", "PIXManager", hl7v3.askIdentifiers(person),
  );
  assert.equal(told.code, "AA", told.raw);
  const event = told.answer.controlActProcess.subject.registrationEvent;
  const id = [].concat(event.subject1.patient.id)[0];
  assert.equal(attributes(id).root, domain, told.raw);
  return told.code;
});

await exchange("ITI-47", "by name", async () => {
  const told = await patients(
    "hl7v3/iti47.wsdl", "/ihe/pdq", "PRPA_IN201305UV02", "PDSupplier", hl7v3.askPeople(person),
  );
  assert.equal(told.code, "AA", told.raw);
  assert.ok(told.raw.includes(person.number), told.raw);
  return told.code;
});
