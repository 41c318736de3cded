/** The parts of Element Plus that the page uses, in Chinese; all of it would be two thirds of what a first screen loads. */

import 'element-plus/es/components/button/style/css'
import 'element-plus/es/components/checkbox/style/css'
import 'element-plus/es/components/dialog/style/css'
import 'element-plus/es/components/drawer/style/css'
import 'element-plus/es/components/input/style/css'
import 'element-plus/es/components/message-box/style/css'
import 'element-plus/es/components/message/style/css'
import 'element-plus/es/components/option/style/css'
import 'element-plus/es/components/progress/style/css'
import 'element-plus/es/components/select/style/css'
import 'element-plus/es/components/skeleton/style/css'
import 'element-plus/es/components/tab-pane/style/css'
import 'element-plus/es/components/tabs/style/css'

import {
  ElButton, ElCheckbox, ElDialog, ElDrawer, ElInput, ElOption, ElProgress, ElSelect, ElSkeleton, ElTabPane, ElTabs, provideGlobalConfig,
} from 'element-plus'
import zhCn from 'element-plus/es/locale/lang/zh-cn'
import type { App } from 'vue'

const ELEMENTS = { ElButton, ElCheckbox, ElDialog, ElDrawer, ElInput, ElOption, ElProgress, ElSelect, ElSkeleton, ElTabPane, ElTabs }

export function elements(app: App): void {
  for (const [name, element] of Object.entries(ELEMENTS)) app.component(name, element)
  provideGlobalConfig({ locale: zhCn }, app, true)
}
