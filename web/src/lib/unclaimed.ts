import { tr, type Both } from '@/lib/tr'

/* A right that nobody claims, as the list of those to be visited has it. */
export interface Unclaimed {
  household: string
  head: { ref: string; name: string } | null
  person: { ref: string; name: string } | null
  members: number
  division: { code: string; name: string }
  programme: string
  label: Both
  month: string
  fen: number | null
  since: string | null
  service: string
  service_label: Both | null
  papers: { paper: string; label: Both; way: 'brought' | 'fetched' | 'promised' | 'on_record'; since: string | null; only_for: Both | null }[]
  facts: { field: string; label: Both; members: number }[]
  bring: Both
  version: number
  state: string
  visit: { state: string; text: string; until: string | null; day: string | null; who: string } | null
}
export interface Village {
  division: { code: string; name: string }
  n: number
  unvisited: number
}
export const VISITS: Record<string, () => string> = {
  none: () => tr('未走访', 'not visited'),
  visited: () => tr('已走访', 'visited'),
  wants: () => tr('愿意申请', 'wants to apply'),
  declined: () => tr('暂不申请', 'does not want to'),
  away: () => tr('未联系上', 'not reachable'),
}
export const WAYS: Record<string, () => string> = {
  brought: () => tr('本人带来', 'brought by the family'),
  fetched: () => tr('由经办机构自己查', 'looked up by the office'),
  promised: () => tr('书面承诺即可', 'promised in writing'),
  on_record: () => tr('已在档', 'on record already'),
}
