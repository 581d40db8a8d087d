// Exchanges of npm `fhir-kit-client` with the FHIR door, by mutual TLS. One line for each:
// transaction, subject, ok or failed, and a detail, parted by tabs. Each resource that came back
// is left in a folder for a validator.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { Client } from "fhir-kit-client";
import { Agent, setGlobalDispatcher } from "undici";
import { exchange } from "./exchange.js";

const settings = JSON.parse(process.env.NARU_PEER);
const { institution, domain } = settings;
const baseUrl = `https://127.0.0.1:${settings.port}/fhir`;
// fhir-kit-client asks through Node's own fetch, which takes certificates from here alone.
setGlobalDispatcher(new Agent({
  connect: {
    key: readFileSync(settings.key),
    cert: readFileSync(settings.certificate),
    ca: readFileSync(settings.authority),
  },
}));
const client = new Client({ baseUrl });

function kept(name, resource) {
  writeFileSync(`${settings.folder}/${name}.json`, JSON.stringify(resource));
  return resource;
}

const number = `TEST-${randomUUID().slice(0, 12).toUpperCase()}`;
const system = `urn:oid:${institution}.1`;
const family = `나루${randomUUID().replaceAll(/[^a-f]/g, "")}`;
let logicalId;

await exchange("FHIR", "metadata", async () => {
  const statement = kept("metadata", await client.capabilityStatement());
  assert.equal(statement.resourceType, "CapabilityStatement");
  assert.equal(statement.fhirVersion, "4.0.1");
  return statement.rest[0].resource.map((one) => one.type).join(" ");
});

await exchange("FHIR", "an unknown parameter", async () => {
  // FHIR R4 3.1.1.3.1: a server that is asked to be strict refuses what it does not know.
  const refused = await client.search({
    resourceType: "Patient", searchParams: { "shoe-size": "260" },
    options: { headers: { Prefer: "handling=strict" } },
  }).catch((failure) => failure.response);
  assert.equal(refused.status, 400);
  return kept("unknown-parameter", refused.data).issue[0].code;
});

await exchange("ITI-104", "a conditional update that adds", async () => {
  const answer = await client.update({
    resourceType: "Patient",
    searchParams: { identifier: `${system}|${number}` },
    body: {
      resourceType: "Patient",
      identifier: [{ system, value: number }],
      active: true,
      name: [{ family, given: ["나루"] }],
      gender: "female",
      birthDate: "1990-01-01",
    },
    options: { headers: { Prefer: "return=representation" } },
  });
  logicalId = kept("iti104", answer).id;
  assert.ok(logicalId, JSON.stringify(answer));
  return "the Patient";
});

const patients = (bundle) => bundle.entry.map((one) => one.resource)
  .filter((one) => one.resourceType === "Patient");

await exchange("ITI-78", "search by family name", async () => {
  const bundle = kept("iti78-search", await client.search({
    resourceType: "Patient", searchParams: { family, birthdate: "1990-01-01" },
  }));
  assert.equal(bundle.type, "searchset");
  assert.deepEqual(patients(bundle).map((one) => one.id), [logicalId]);
  return "1 Patient";
});

await exchange("ITI-78", "search by POST", async () => {
  const bundle = await client.search({
    resourceType: "Patient", searchParams: { family }, options: { postSearch: true },
  });
  assert.deepEqual(patients(bundle).map((one) => one.id), [logicalId]);
  return "1 Patient";
});

await exchange("ITI-78", "read", async () => {
  const patient = kept("iti78-read", await client.read({
    resourceType: "Patient", id: logicalId,
  }));
  assert.equal(patient.name[0].family, family);
  return "the Patient";
});

await exchange("ITI-78", "read of nobody", async () => {
  const refused = await client.read({ resourceType: "Patient", id: randomUUID() })
    .catch((failure) => failure.response);
  assert.equal(refused.status, 404);
  return kept("iti78-nobody", refused.data).issue[0].code;
});

await exchange("ITI-83", "the affinity domain's identifier", async () => {
  const parameters = kept("iti83", await client.operation({
    name: "$ihe-pix", resourceType: "Patient", method: "GET",
    input: { sourceIdentifier: `${system}|${number}`, targetSystem: `urn:oid:${domain}` },
  }));
  const told = parameters.parameter.filter((one) => one.name === "targetIdentifier");
  assert.deepEqual(told.map((one) => one.valueIdentifier.system), [`urn:oid:${domain}`]);
  return "1 identifier";
});

await exchange("ITI-119", "match", async () => {
  const bundle = kept("iti119", await client.operation({
    name: "match", resourceType: "Patient", method: "POST",
    input: {
      resourceType: "Parameters",
      parameter: [{
        name: "resource",
        resource: {
          resourceType: "Patient",
          name: [{ family, given: ["나루"] }],
          gender: "female",
          birthDate: "1990-01-01",
        },
      }],
    },
  }));
  assert.deepEqual(patients(bundle).map((one) => one.id), [logicalId]);
  return "1 Patient";
});

const resources = (bundle, type) => (bundle.entry ?? []).map((one) => one.resource)
  .filter((one) => one.resourceType === type);
const ofPatient = { "patient.identifier": `urn:oid:${domain}|${settings.patient}`, status: "current" };
let reference;

await exchange("ITI-67", "documents of a patient", async () => {
  const bundle = kept("iti67-search", await client.search({
    resourceType: "DocumentReference", searchParams: ofPatient,
  }));
  const found = resources(bundle, "DocumentReference");
  reference = found.find((one) => one.masterIdentifier.value === `urn:oid:${settings.document}`);
  assert.ok(reference, JSON.stringify(found.map((one) => one.masterIdentifier)));
  return `${found.length} DocumentReferences`;
});

await exchange("ITI-67", "read", async () => {
  const read = kept("iti67-read", await client.read({
    resourceType: "DocumentReference", id: reference.id,
  }));
  assert.deepEqual(read.content, reference.content);
  return "the DocumentReference";
});

await exchange("ITI-68", "the document", async () => {
  const { attachment } = reference.content[0];
  const answer = await fetch(new URL(attachment.url, `${baseUrl}/`), {
    headers: { Accept: attachment.contentType },
  });
  assert.equal(answer.status, 200);
  assert.equal(await answer.text(), settings.content);
  return attachment.contentType;
});

await exchange("ITI-66", "submission sets of a patient", async () => {
  const bundle = kept("iti66", await client.search({
    resourceType: "List", searchParams: { ...ofPatient, code: "submissionset" },
  }));
  const found = resources(bundle, "List");
  assert.ok(found.length > 0, JSON.stringify(bundle));
  return `${found.length} Lists`;
});

await exchange("ITI-65", "a document in a transaction", async () => {
  const sent = settings.bundle;
  const answer = kept("iti65", await client.transaction({ body: sent }));
  assert.equal(answer.type, "transaction-response");
  assert.deepEqual(answer.entry.map((one) => one.response.status), sent.entry.map(() => "201 Created"));
  const made = answer.entry.find((one) => one.response.location.startsWith("DocumentReference/"));
  const [, id] = made.response.location.split("/");
  const read = await client.read({ resourceType: "DocumentReference", id });
  const own = sent.entry.map((one) => one.resource)
    .find((one) => one.resourceType === "DocumentReference");
  assert.equal(read.masterIdentifier.value, own.masterIdentifier.value);
  return `${sent.entry.length} entries`;
});

await exchange("ITI-65", "a description without its document", async () => {
  const entry = settings.bundle.entry.filter((one) => one.resource.resourceType !== "Binary");
  const refused = await client.transaction({ body: { ...settings.bundle, entry } })
    .catch((failure) => failure.response);
  assert.equal(refused.status, 422);
  const { text } = kept("iti65-refused", refused.data).issue[0].details;
  assert.equal(text, "XDSMissingDocument");
  return text;
});

// A booking, from the first look at what is free to its end, at a schedule of our own institution.
const slotsAsked = (status) => client.search({
  resourceType: "Slot",
  searchParams: { schedule: `Schedule/${settings.schedule}`, start: `eq${settings.day}`, status },
});
const names = (bundle) => resources(bundle, "Slot").map((one) => one.id);
const conflicts = async (asked) => {
  const refused = await asked.catch((failure) => failure.response);
  assert.equal(refused.status, 409, JSON.stringify(refused.data ?? refused).slice(0, 900));
  const [refusal, ...free] = refused.data.issue;
  assert.equal(refusal.code, "conflict");
  return { outcome: refused.data, free: free.map((one) => one.diagnostics) };
};
const at = (slot, more) => ({
  ...more, slot: [{ reference: `Slot/${slot.id}` }], start: slot.start, end: slot.end,
});
const another = `TEST-${randomUUID().slice(0, 12).toUpperCase()}`;
const wanted = (slot, value = number) => at(slot, {
  resourceType: "Appointment",
  status: "booked",
  description: "혈압 재진",
  participant: [{ actor: { type: "Patient", identifier: { system, value } }, status: "accepted" }],
});
let first;
let second;
let third;
let booked;

await exchange("FHIR", "Slot: what is free on a day", async () => {
  const bundle = kept("slot-search", await slotsAsked("free"));
  [first, second, third] = resources(bundle, "Slot");
  assert.ok(third, JSON.stringify(bundle));
  assert.ok(first.start < second.start && second.start < third.start);
  return `${bundle.total} Slots`;
});

await exchange("FHIR", "Appointment: booked", async () => {
  booked = kept("appointment-booked", await client.create({
    resourceType: "Appointment", body: wanted(first),
  }));
  assert.equal(booked.status, "booked");
  assert.deepEqual(booked.slot, [{ reference: `Slot/${first.id}` }]);
  assert.deepEqual(names(await slotsAsked("busy")), [first.id]);
  assert.deepEqual(await client.read({ resourceType: "Appointment", id: booked.id }), booked);
  return "one Slot is busy";
});

await exchange("FHIR", "Appointment: a taken Slot is a conflict", async () => {
  await client.update({
    resourceType: "Patient",
    searchParams: { identifier: `${system}|${another}` },
    body: {
      resourceType: "Patient",
      identifier: [{ system, value: another }],
      name: [{ family: `다온${family.slice(2)}`, given: ["하늘"] }],
      gender: "male",
      birthDate: "1961-02-03",
    },
  });
  const { outcome, free } = await conflicts(client.create({
    resourceType: "Appointment", body: wanted(first, another),
  }));
  kept("appointment-conflict", outcome);
  assert.ok(free[0].endsWith(`Slot/${second.id}`), free[0]);
  assert.deepEqual(names(await slotsAsked("busy")), [first.id]);
  return "409, with what is free instead";
});

await exchange("FHIR", "Appointment: moved", async () => {
  booked = kept("appointment-moved", await client.update({
    resourceType: "Appointment", id: booked.id, body: at(second, booked),
  }));
  assert.deepEqual(booked.slot, [{ reference: `Slot/${second.id}` }]);
  assert.deepEqual(names(await slotsAsked("busy")), [second.id]);
  return "the other Slot is busy";
});

await exchange("FHIR", "Appointment: a move to a taken Slot leaves it where it was", async () => {
  const other = await client.create({
    resourceType: "Appointment", body: wanted(third, another),
  });
  await conflicts(client.update({
    resourceType: "Appointment", id: booked.id, body: at(third, booked),
  }));
  const read = await client.read({ resourceType: "Appointment", id: booked.id });
  assert.deepEqual(read.slot, [{ reference: `Slot/${second.id}` }]);
  await client.update({
    resourceType: "Appointment", id: other.id, body: { ...other, status: "cancelled" },
  });
  return "409";
});

await exchange("FHIR", "Appointment: cancelled", async () => {
  const gone = kept("appointment-cancelled", await client.update({
    resourceType: "Appointment", id: booked.id, body: { ...booked, status: "cancelled" },
  }));
  assert.equal(gone.status, "cancelled");
  assert.deepEqual(names(await slotsAsked("busy")), []);
  assert.ok(names(await slotsAsked("free")).includes(second.id));
  const history = await client.history({ resourceType: "Appointment", id: booked.id });
  assert.deepEqual(resources(history, "Appointment").map((one) => one.status),
    ["cancelled", "booked", "booked"]);
  return "its Slot is free again";
});
