const patterns: Readonly<Record<string, RegExp>> = {
  byte: /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/,
  cidr: /^[0-9a-fA-F:.]+\/\d{1,3}$/,
  date: /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])$/,
  'date-time': /^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:[Zz]|[+-]\d{2}:?\d{2})?$/,
  duration:
    /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)\s*(?:ns|us|µs|ms|s|m|h|d|w|second|minute|hour|day|week)s?(?:\s*\d+(?:\.\d*)?\s*(?:ns|us|µs|ms|s|m|h|d|w))*$/,
  email: /^[^\s@]+@[^\s@]+$/,
  hostname: /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,62})?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,62})?)*\.?$/,
  ipv4: /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)(?:\.(?!$)|$)){4}$/,
  ipv6: /^(?=[^:]*:)[0-9a-fA-F:]+(?:\.\d+\.\d+\.\d+)?$/,
  mac: /^(?:[0-9a-fA-F]{2}[:-]){5}[0-9a-fA-F]{2}$/,
  uri: /^[A-Za-z][A-Za-z0-9+.-]*:\S+$|^\/\S*$/,
  uuid: /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i,
}

/** Whether a text has the form that a schema's `format` names; a format that is not known refuses nothing. Source: Kubernetes, CRD validation formats. */
export function hasFormat(text: string, format: string): boolean {
  return patterns[format]?.test(text) ?? true
}
