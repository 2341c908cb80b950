import { createContext, useContext } from 'react';
import type { Family, ViewerQuery } from '../gql/graphql.js';

type FamilyFacts = ViewerQuery['families'][number];

/** What the registry of families says of each; `SignInGate` asks for it before anything is shown. */
export const FamiliesContext = createContext<readonly FamilyFacts[]>([]);

/** The families there are, in the order of the registry. */
export const useFamilies = (): readonly FamilyFacts[] => useContext(FamiliesContext);

/** The family of what is new until somebody says otherwise: the first that order lines are made with. */
export const useUsualFamily = (): Family => useFamilies().find(({ subject }) => subject === 'orderLine')!.family;

/** What people call a family. */
export function FamilyName({ family: wanted }: { family: Family }) {
  return useFamilies().find(({ family }) => family === wanted)?.label ?? wanted;
}
