import { z } from 'zod'

/** Every way to write a day; the CRD refuses others. Source: system-upgrade-controller v0.20. */
const dayNames = [
  'su,sun,sunday',
  'mo,mon,monday',
  'tu,tue,tuesday',
  'we,wed,wednesday',
  'th,thu,thursday',
  'fr,fri,friday',
  'sa,sat,saturday',
]
const days = dayNames.flatMap((names, number) => [String(number), ...names.split(',')])

/**
 * When a Plan may start. The API server holds `days` to its list; here any text is read, so that a Plan from a cluster with an older CRD
 * still gets the sentence of `planWindow` on its status.
 */
export const TimeWindowSpec = z
  .object({
    days: z
      .array(z.string().meta({ enum: days }))
      .meta({ minItems: 1 })
      .readonly()
      .describe('Days on which the window opens.')
      .exactOptional(),
    endTime: z.string().describe('Time of day at which the window closes, such as "16:00".').exactOptional(),
    startTime: z.string().describe('Time of day at which the window opens, such as "08:00".').exactOptional(),
    timeZone: z.string().describe('IANA name of the time zone, such as "Europe/Berlin"; UTC when left out.').exactOptional(),
  })
  .describe('Time in which the Plan may start on nodes. What has begun goes on past its end.')
export type TimeWindowSpec = z.infer<typeof TimeWindowSpec>
