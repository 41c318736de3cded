/** Why an agency does not take another along, by the service's codes. */
export const DECLINES: Record<string, string> = {
  crew: '人手不足',
  schedule: '日期不便',
  special: '检查方式或专业要求不宜合并',
  site: '对象要求分开检查',
  not_ready: '检查准备未就绪',
  other: '其他（须说明）',
}
