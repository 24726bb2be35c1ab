// Reads a JSON array of FHIR R4 resources from standard input and writes, as a JSON array, what is wrong with them.
// Codes from outside FHIR's own code systems (LOINC, ICD-10, ATC) are only warned about, and left out here.
const { Fhir } = require("fhir");

const validator = new Fhir();
const resources = JSON.parse(require("fs").readFileSync(0, "utf-8"));
const problems = [];
for (const resource of resources) {
  const result = validator.validate(resource, { errorOnUnexpected: true });
  for (const message of result.messages) {
    if (message.severity === "error" || message.severity === "fatal") {
      problems.push(`${resource.resourceType}/${resource.id}: ${message.location}: ${message.message}`);
    }
  }
}
process.stdout.write(JSON.stringify(problems));
