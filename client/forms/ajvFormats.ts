/** Stands where JSONForms expects ajv-formats: the validator behind forms/ajv.ts knows its formats itself. */
export default function addFormats(): void {}
