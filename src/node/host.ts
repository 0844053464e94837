/** How a script on a host ended. Outputs are cut at `outputLimit`, and have neither escape sequences nor control characters. */
export interface HostResult {
  /** 0 to 255; 128 and the signal's number when it was ended by one. */
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

/** Most of what is kept of each output of one script, bytes: a host may say anything. */
export const outputLimit = 65_536

/** A host on which something is changed. Adapters name the means; all pass `host-contract.test-support.ts`. */
export interface Host {
  /** For messages. */
  readonly name: string
  /**
   * Runs a shell script as root, with `word` as its `$1` and `input` (a text, or the content of a file) as its standard input. Its standard
   * output is part of the result, or goes as it is to the file of `output`.
   * @throws when the host cannot be reached, or when `output` would be larger than it may
   */
  run(script: string, word: string, input?: HostInput, output?: HostOutput): Promise<HostResult>
}

/** `before`: what the script reads before the content of the file. */
export type HostInput = { readonly text: string } | { readonly file: string; readonly before?: string }

/** A file of this machine, made anew and readable by its owner alone, that takes at most so many bytes. */
export interface HostOutput {
  readonly file: string
  readonly mostBytes: number
}
