import type { Plugin } from 'graphql-yoga';
import type { Context } from '../schema/context.js';
import { refusalFor } from '../schema/partnerView.js';

/** Refuses documents that read what their sender may not see, before anything of them runs. */
export function usePartnerView(): Plugin<Context> {
  return {
    onExecute({ args: { contextValue, schema, document }, setResultAndStopExecution }) {
      const refusal = refusalFor(contextValue.viewer, schema, document);
      if (refusal) setResultAndStopExecution({ errors: [refusal] });
    },
    onSubscribe({ args: { contextValue, schema, document }, setResultAndStopExecution }) {
      const refusal = refusalFor(contextValue.viewer, schema, document);
      if (refusal) setResultAndStopExecution({ errors: [refusal] });
    },
  };
}
