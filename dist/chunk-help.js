const e=require("./chunk-node-version.js"),t=require("./cli.js"),n=`      `,r=`NXCloud Template Assets: uploads changed WhatsApp template media to NXCloud and keeps a manifest of file IDs.

Usage:
  nxcloud-template-assets check --files <patterns> [flags]    judges the assets; sends nothing, writes no manifest
  nxcloud-template-assets upload --files <patterns> [flags]   uploads what is not current, writes the manifest
  nxcloud-template-assets doctor [--yes] [flags]              tells what only a live account can tell
  nxcloud-template-assets --help | --version

The current directory plays the repository.

Secrets, from the environment only:
${[...t.t].map(e=>`  ${t.o(e)}`).join(`
`)}

Flags. Each can also come from a variable, --manifest-path from ${t.o(`manifest-path`)}; the flag wins.
Without a value: yes; --no-prune or --prune=false: no. Defaults stand in brackets.
`,i=`  --json
${n}Print one JSON document instead of text.
  --yes
${n}Of doctor: do not ask before sending.
`,a=`
Flags of doctor: ${[...t.a(`doctor`).map(e=>`--${e}`),`--json`,`--yes`].join(`, `)}.

Exit codes:
  0  all is well
  1  something is invalid, pending or failed, or the run was cancelled
  2  the command line, an input or the environment is wrong; nothing was done
`;function o(){let n=t.a(`check`).map(n=>{let{description:r=``,default:i=``}=e.n[n]??{},a=i===``?r:`${r.trim()} [${i}]`;return`  --${n}${t.i(n)?``:` <value>`}\n${s(a)}\n`});return`${r}${n.join(``)}${i}${a}`}function s(e){let t=[];for(let n of e.replaceAll("`",``).trim().split(/\s+/)){let e=t.at(-1);e!==void 0&&6+e.length+1+n.length<=100?t[t.length-1]=`${e} ${n}`:t.push(n)}return t.map(e=>n+e).join(`
`)}exports.buildHelp=o;