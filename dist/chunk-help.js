require("./chunk-rolldown-runtime.js");const e=require("./cli.js"),t=`      `,n=`NXCloud Template Assets: uploads changed WhatsApp template media to NXCloud and keeps a manifest of file IDs.

Usage:
  nxcloud-template-assets check --files <patterns> [flags]    judges the assets; sends nothing, writes no manifest
  nxcloud-template-assets upload --files <patterns> [flags]   uploads what is not current, writes the manifest
  nxcloud-template-assets doctor [--yes] [flags]              tells what only a live account can tell
  nxcloud-template-assets --help | --version

The current directory plays the repository.

Secrets, from the environment only:
${[...e.t].map(t=>`  ${e.s(t)}`).join(`
`)}

Flags. Each can also come from a variable, --manifest-path from ${e.s(`manifest-path`)}; the flag wins.
Without a value: yes; --no-prune or --prune=false: no. Defaults stand in brackets.
`,r=`  --json
${t}Print one JSON document instead of text.
  --yes
${t}Of doctor: do not ask before sending.
`,i=`
Flags of doctor: ${[...e.o(`doctor`).map(e=>`--${e}`),`--json`,`--yes`].join(`, `)}.

Exit codes:
  0  all is well
  1  something is invalid, pending or failed, or the run was cancelled
  2  the command line, an input or the environment is wrong; nothing was done
`;function a(){let t=e.o(`check`).map(t=>{let{description:n=``,default:r=``}=e.n[t]??{},i=r===``?n:`${n.trim()} [${r}]`;return`  --${t}${e.a(t)?``:` <value>`}\n${o(i)}\n`});return`${n}${t.join(``)}${r}${i}`}function o(e){let n=[];for(let t of e.replaceAll("`",``).trim().split(/\s+/)){let e=n.at(-1);e!==void 0&&6+e.length+1+t.length<=100?n[n.length-1]=`${e} ${t}`:n.push(t)}return n.map(e=>t+e).join(`
`)}exports.buildHelp=a;