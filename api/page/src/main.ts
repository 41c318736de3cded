import { elements } from './elements'
import './style.css'

import { createApp } from 'vue'
import { createRouter, createWebHistory } from 'vue-router'

import { onExpired } from './api'
import App from './App.vue'
import Login from './screens/Login.vue'
import { recall, session } from './session'

const router = createRouter({
  history: createWebHistory(),
  routes: [
    { path: '/login', component: Login, meta: { open: true, title: '登录' } },
    { path: '/', component: () => import('./screens/Home.vue'), meta: { title: '首页' } },
    { path: '/month', component: () => import('./screens/Month.vue'), meta: { title: '本月' } },
    { path: '/sites', component: () => import('./screens/Sites.vue'), meta: { title: '企业' } },
    { path: '/sites/:id', component: () => import('./screens/Site.vue'), props: true, meta: { title: '企业' } },
    { path: '/open', component: () => import('./screens/Open.vue'), meta: { open: true, title: '涉企检查公开查询' } },
    { path: '/me', component: () => import('./screens/Me.vue'), meta: { title: '我的账号' } },
    { path: '/accounts', component: () => import('./screens/Admin.vue'), meta: { title: '账号' } },
    { path: '/filings', component: () => import('./screens/Filings.vue'), meta: { title: '申报' } },
    { path: '/plans/:id', component: () => import('./screens/Plan.vue'), props: true, meta: { title: '方案' } },
    {
      path: '/plans/:id/compare/:other',
      component: () => import('./screens/Compare.vue'),
      props: true,
      meta: { title: '方案比较' },
    },
    { path: '/rounds/:id', component: () => import('./screens/Round.vue'), props: true, meta: { title: '征求意见' } },
    { path: '/suggestions', component: () => import('./screens/Suggestions.vue'), meta: { title: '可同去' } },
    { path: '/triggered', component: () => import('./screens/Triggered.vue'), meta: { title: '触发式检查' } },
    { path: '/results', component: () => import('./screens/Results.vue'), meta: { title: '检查结果' } },
    { path: '/duties', component: () => import('./screens/Duties.vue'), meta: { title: '责任日历' } },
    { path: '/evaluation', component: () => import('./screens/Evaluation.vue'), meta: { title: '评估' } },
    { path: '/duty', component: () => import('./screens/Duty.vue'), meta: { title: '检查单' } },
    { path: '/year', component: () => import('./screens/Year.vue'), meta: { title: '年度' } },
    { path: '/whatif', component: () => import('./screens/WhatIf.vue'), meta: { title: '情景' } },
    { path: '/log', component: () => import('./screens/Log.vue'), meta: { title: '日志与任务' } },
    { path: '/help', component: () => import('./screens/Help.vue'), meta: { open: true, title: '帮助' } },
    { path: '/:rest(.*)', redirect: '/' },
  ],
})

router.beforeEach(async (to) => {
  await recall()
  return to.meta.open || session.me ? true : { path: '/login', query: { to: to.fullPath } }
})
/** A session that has ended leads to the login, and from there back to where it ended. */
onExpired(() => {
  session.me = null
  const now = router.currentRoute.value
  if (!now.meta.open) void router.push({ path: '/login', query: { to: now.fullPath, ended: '1' } })
})
router.afterEach((to) => {
  document.title = `${to.meta.title} · 综合查一次`
})

createApp(App).use({ install: elements }).use(router).mount('#app')
