import{a as e,n as t,o as n,s as r,t as i}from"./chunk-arguments.js";const a=`      `,o=`NXCloud Template Assets: uploads changed WhatsApp template media to NXCloud and keeps a manifest of file IDs.

Usage:
  nxcloud-template-assets check --files <patterns> [flags]    judges the assets; sends nothing, writes no manifest
  nxcloud-template-assets upload --files <patterns> [flags]   uploads what is not current, writes the manifest
  nxcloud-template-assets doctor [--yes] [flags]              tells what only a live account can tell
  nxcloud-template-assets --help | --version

The current directory plays the repository.

Secrets, from the environment only:
${[...t].map(e=>`  ${r(e)}`).join(`
`)}

Flags. Each can also come from a variable, --manifest-path from ${r(`manifest-path`)}; the flag wins.
Without a value: yes; --no-prune or --prune=false: no. Defaults stand in brackets.
`,s=`  --json
${a}Print one JSON document instead of text.
  --yes
${a}Of doctor: do not ask before sending.
`,c=`
Flags of doctor: ${[...n(`doctor`).map(e=>`--${e}`),`--json`,`--yes`].join(`, `)}.

Exit codes:
  0  all is well
  1  something is invalid, pending or failed, or the run was cancelled
  2  the command line, an input or the environment is wrong; nothing was done
`;function l(){let t=n(`check`).map(t=>{let{description:n=``,default:r=``}=i[t]??{},a=r===``?n:`${n.trim()} [${r}]`;return`  --${t}${e(t)?``:` <value>`}\n${u(a)}\n`});return`${o}${t.join(``)}${s}${c}`}function u(e){let t=[];for(let n of e.replaceAll("`",``).trim().split(/\s+/)){let e=t.at(-1);e!==void 0&&6+e.length+1+n.length<=100?t[t.length-1]=`${e} ${n}`:t.push(n)}return t.map(e=>a+e).join(`
`)}export{l as buildHelp};