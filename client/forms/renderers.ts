import type { JsonFormsRendererRegistryEntry } from '@jsonforms/core';
import { booleanField } from './booleanField.js';
import { colorField } from './colorField.js';
import { dateTimeField } from './dateTimeField.js';
import { durationField } from './durationField.js';
import { enumField } from './enumField.js';
import { groupField } from './groupField.js';
import { jsonField } from './jsonField.js';
import { groupLayout, horizontalLayout, labelElement, verticalLayout } from './layouts.js';
import { lookupField } from './lookupField.js';
import { multiChoiceField } from './multiChoiceField.js';
import { multilineField } from './multilineField.js';
import { nullableField } from './nullableField.js';
import { numberField } from './numberField.js';
import { objectListField } from './objectListField.js';
import { recordField } from './recordField.js';
import { resolutionField } from './resolutionField.js';
import { sliderField } from './sliderField.js';
import { stringListField } from './stringListField.js';
import { textField } from './textField.js';
import { titledEnumField } from './titledEnumField.js';
import { unionField } from './unionField.js';
import { vectorField } from './vectorField.js';

/** Everything a form can draw. The entry whose tester gives the highest rank for a schema draws it. */
export const renderers: JsonFormsRendererRegistryEntry[] = [
  verticalLayout,
  horizontalLayout,
  groupLayout,
  labelElement,
  jsonField,
  textField,
  multilineField,
  numberField,
  durationField,
  sliderField,
  booleanField,
  enumField,
  titledEnumField,
  colorField,
  dateTimeField,
  stringListField,
  multiChoiceField,
  objectListField,
  groupField,
  nullableField,
  unionField,
  recordField,
  resolutionField,
  lookupField,
  vectorField,
];
