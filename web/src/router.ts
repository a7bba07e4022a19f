import { createRouter, createWebHistory, type RouteRecordRaw } from 'vue-router'
import Desk from '@/pages/DeskPage.vue'
import { useSession } from '@/stores/session'
import { useMeta } from '@/stores/meta'
import { tr } from '@/lib/tr'

export interface Place {
  name: string
  path: string
  title: () => string
  key?: string /* g and this key */
  roles?: string[] /* shown first to these; what is allowed the server says */
}
const STAFF = ['village_worker', 'clerk', 'township_head', 'verifier', 'decider', 'payer', 'city_officer', 'auditor']

/* What the bar at the top shows, in the order of a day. */
export const places: Place[] = [
  { name: 'desk', path: '/', title: () => tr('待办', 'Desk'), key: 'd', roles: STAFF },
  { name: 'window', path: '/window', title: () => tr('窗口受理', 'Window'), key: 'w', roles: ['clerk', 'township_head'] },
  { name: 'decide', path: '/decide', title: () => tr('审核确认', 'Decide'), key: 'c', roles: ['decider', 'township_head'] },
  { name: 'households', path: '/households', title: () => tr('家庭', 'Households'), key: 'h', roles: STAFF },
  { name: 'persons', path: '/persons', title: () => tr('人员', 'Persons'), key: 'p', roles: STAFF },
  { name: 'cases', path: '/cases', title: () => tr('办件', 'Cases'), key: 'a', roles: STAFF },
  { name: 'notices', path: '/notices', title: () => tr('文书', 'Notices'), key: 'n', roles: STAFF },
  { name: 'postings', path: '/postings', title: () => tr('公示', 'Postings'), key: 'o', roles: ['clerk', 'township_head', 'village_worker'] },
  { name: 'unclaimed', path: '/unclaimed', title: () => tr('应享未享', 'Not claimed'), key: 'y', roles: ['village_worker', 'clerk', 'township_head'] },
  { name: 'month', path: '/month', title: () => tr('月度发放', 'Month'), key: 'm', roles: ['payer', 'decider', 'city_officer', 'auditor'] },
  { name: 'arrears', path: '/arrears', title: () => tr('补发追回', 'Back-pay'), key: 'q', roles: ['decider', 'city_officer'] },
  { name: 'reports', path: '/reports', title: () => tr('报表', 'Reports'), key: 'b', roles: STAFF.filter((r) => r !== 'village_worker') },
  { name: 'bank', path: '/bank', title: () => tr('银行代发', 'Bank'), key: 'k', roles: ['payer', 'decider', 'city_officer', 'auditor'] },
  { name: 'registers', path: '/registers', title: () => tr('台账', 'Registers'), key: 'r', roles: STAFF },
  { name: 'rules', path: '/rules', title: () => tr('政策规则', 'Rules'), key: 'l', roles: STAFF },
  { name: 'accounts', path: '/accounts', title: () => tr('账号', 'Accounts'), key: 'u', roles: ['administrator'] },
]

const routes: RouteRecordRaw[] = [
  { path: '/', name: 'desk', component: Desk },
  { path: '/login', name: 'login', component: () => import('@/pages/LoginPage.vue'), meta: { open: true } },
  { path: '/window', name: 'window', component: () => import('@/pages/WindowPage.vue') },
  { path: '/decide', name: 'decide', component: () => import('@/pages/DecidePage.vue') },
  { path: '/households', name: 'households', component: () => import('@/pages/HouseholdsPage.vue') },
  { path: '/households/:ref', name: 'household', component: () => import('@/pages/HouseholdPage.vue') },
  { path: '/households/:ref/months/:month', name: 'explain', component: () => import('@/pages/ExplainPage.vue') },
  { path: '/persons', name: 'persons', component: () => import('@/pages/PersonsPage.vue') },
  { path: '/cases', name: 'cases', component: () => import('@/pages/CasesPage.vue') },
  { path: '/cases/:ref', name: 'case', component: () => import('@/pages/CasePage.vue') },
  { path: '/notices', name: 'notices', component: () => import('@/pages/NoticesPage.vue') },
  { path: '/postings', name: 'postings', component: () => import('@/pages/PostingsPage.vue') },
  { path: '/unclaimed', name: 'unclaimed', component: () => import('@/pages/UnclaimedPage.vue') },
  { path: '/month', name: 'month', component: () => import('@/pages/MonthPage.vue') },
  { path: '/arrears', name: 'arrears', component: () => import('@/pages/ArrearsListPage.vue') },
  { path: '/arrears/:ref', name: 'finding', component: () => import('@/pages/ArrearsPage.vue') },
  { path: '/online/:ref', name: 'online', component: () => import('@/pages/OnlinePage.vue') },
  { path: '/messages/:ref', name: 'message', component: () => import('@/pages/MessagePage.vue') },
  { path: '/reports', name: 'reports', component: () => import('@/pages/ReportsPage.vue') },
  { path: '/import', name: 'import', component: () => import('@/pages/ImportPage.vue') },
  { path: '/bank', name: 'bank', component: () => import('@/pages/BankPage.vue') },
  { path: '/bank/:ref', name: 'batch', component: () => import('@/pages/BatchPage.vue') },
  { path: '/registers', name: 'registers', component: () => import('@/pages/RegistersPage.vue') },
  { path: '/registers/:name', name: 'records', component: () => import('@/pages/RecordsPage.vue') },
  { path: '/rules', name: 'rules', component: () => import('@/pages/RulesPage.vue') },
  { path: '/accounts', name: 'accounts', component: () => import('@/pages/AccountsPage.vue') },
  { path: '/:rest(.*)*', name: 'nowhere', component: () => import('@/pages/NowherePage.vue') },
]

export const router = createRouter({ history: createWebHistory(), routes })

router.beforeEach(async (to) => {
  const session = useSession()
  if (to.meta.open) return true
  if (!session.now && !(await session.load())) {
    return { name: 'login', query: to.fullPath === '/' ? {} : { to: to.fullPath } }
  }
  await useMeta().load()
  if (to.name === 'desk' && !session.is(...STAFF)) return { name: 'accounts' }
  return true
})
router.afterEach((to) => {
  const place = places.find((p) => p.name === to.name)
  /* whoever follows a link by key goes on in the new page */
  setTimeout(() => {
    if (document.activeElement === document.body) document.getElementById('main')?.focus({ preventScroll: true })
  })
  document.title = (place ? place.title() + ' · ' : '') + tr('惠民', 'Huimin')
})
