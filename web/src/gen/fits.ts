/*
 * Held by the compiler: what the server's document says (api.ts, made by `npm run types`) is what the pages
 * read (src/types.ts). Each line is an assignment from the one to the other; there is nothing to run.
 */
import type * as ours from '@/types'
import type * as family from '@/lib/family'
import type { components } from './api'

type S = components['schemas']
type Holds<Server extends Ours, Ours> = [Server, Ours]

export type Checked = [
  Holds<S['session'], ours.Session>,
  Holds<S['status'], ours.Status>,
  Holds<S['problem'], ours.ProblemDetails>,
  Holds<S['meta'], ours.Meta>,
  Holds<S['divisions'], ours.List<ours.Division>>,
  Holds<S['search'], ours.List<ours.Found>>,
  Holds<S['households'], ours.List<ours.HouseholdItem>>,
  Holds<S['household_times'], ours.HouseholdTimes>,
  Holds<S['present'], ours.Present>,
  Holds<S['persons'], ours.List<ours.PersonItem>>,
  Holds<S['cases'], ours.List<ours.CaseBrief>>,
  Holds<Omit<S['case'], 'programmes'>, Omit<ours.Case, 'programmes'>>,
  Holds<S['desk'], ours.Desk>,
  Holds<S['handover'], ours.Handover>,
  Holds<S['notices'], ours.List<ours.Notice>>,
  Holds<S['family_row'], family.FamilyRow>,
  Holds<Omit<S['family_changed'], 'households'>, Omit<family.FamilyChanged, 'households'>>,
  Holds<S['proposals'], ours.List<ours.Proposal>>,
  Holds<S['run'], ours.Run>,
  Holds<S['accounts'], ours.List<ours.Account>>,
]
