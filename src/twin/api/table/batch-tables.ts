import type { CronJob, Job } from 'kubernetes-types/batch/v1'
import { as, type KubeObject } from '../../kube-object.ts'
import { humanDuration, sinceText } from './human-duration.ts'
import { ageColumn, type Cell, nameColumn, type PrintContext, shown, type TablePrinter, wide } from './table-column.ts'
import { containerCells, selectorCell } from './workload-tables.ts'

/** Since 1.31 there is a column for the state of a Job, and one for the time zone of a CronJob. */
const statusSince = 31
const timeZoneSince = 31

/** Source: Kubernetes, pkg/printers printJob. */
export const jobTable: TablePrinter = {
  columns: (minor) => [
    nameColumn,
    ...(minor >= statusSince ? [shown('Status')] : []),
    shown('Completions'),
    shown('Duration'),
    ageColumn,
    wide('Containers'),
    wide('Images'),
    wide('Selector'),
  ],
  cells: jobCells,
}

function jobCells(object: KubeObject, { nowMs, minor }: PrintContext): readonly Cell[] {
  const job = as<Job>(object)
  return [
    object.metadata.name,
    ...(minor >= statusSince ? [jobStatus(job)] : []),
    completions(job),
    jobDuration(job, nowMs),
    sinceText(object.metadata.creationTimestamp, nowMs),
    ...containerCells(job.spec?.template?.spec?.containers),
    selectorCell(job.spec?.selector),
  ]
}

function completions({ spec, status }: Job): string {
  const succeeded = status?.succeeded ?? 0
  if (typeof spec?.completions === 'number') return `${succeeded}/${spec.completions}`
  const parallelism = spec?.parallelism ?? 0
  return parallelism > 1 ? `${succeeded}/1 of ${parallelism}` : `${succeeded}/1`
}

function jobDuration({ status }: Job, nowMs: number): string {
  if (!status?.startTime) return ''
  const endMs = status.completionTime ? Date.parse(status.completionTime) : nowMs
  return humanDuration(endMs - Date.parse(status.startTime))
}

function jobStatus({ metadata, status }: Job): string {
  const holds = (wanted: string) => status?.conditions?.some(({ type, status: value }) => type === wanted && value === 'True') ?? false
  if (holds('Complete')) return 'Complete'
  if (holds('Failed')) return 'Failed'
  if (metadata?.deletionTimestamp) return 'Terminating'
  if (holds('Suspended')) return 'Suspended'
  if (holds('FailureTarget')) return 'FailureTarget'
  return holds('SuccessCriteriaMet') ? 'SuccessCriteriaMet' : 'Running'
}

/** Source: Kubernetes, pkg/printers printCronJob. */
export const cronJobTable: TablePrinter = {
  columns: (minor) => [
    nameColumn,
    shown('Schedule'),
    ...(minor >= timeZoneSince ? [shown('Timezone')] : []),
    shown('Suspend', 'boolean'),
    shown('Active', 'integer'),
    shown('Last Schedule'),
    ageColumn,
    wide('Containers'),
    wide('Images'),
    wide('Selector'),
  ],
  cells: cronJobCells,
}

function cronJobCells(object: KubeObject, { nowMs, minor }: PrintContext): readonly Cell[] {
  const { spec, status } = as<CronJob>(object)
  const job = spec?.jobTemplate?.spec
  return [
    object.metadata.name,
    spec?.schedule ?? '',
    ...(minor >= timeZoneSince ? [spec?.timeZone ?? '<none>'] : []),
    suspendText(spec?.suspend),
    status?.active?.length ?? 0,
    status?.lastScheduleTime ? sinceText(status.lastScheduleTime, nowMs) : '<none>',
    sinceText(object.metadata.creationTimestamp, nowMs),
    ...containerCells(job?.template?.spec?.containers),
    selectorCell(job?.selector),
  ]
}

function suspendText(suspend: boolean | undefined): string {
  if (suspend === undefined) return '<unset>'
  return suspend ? 'True' : 'False'
}
