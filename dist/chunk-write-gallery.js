require("./chunk-rolldown-runtime.js");const e=require("./chunk-run.js"),t=require("./chunk-judge.js");let n=require("node:crypto"),r=require("node:path"),i=require("node:fs/promises");function a(e){return e===void 0||e.isLfsPointer||e.type===`application/pdf`?!1:(e.facts!==void 0||e.findings.length===0)&&e.size<=204800}function o({path:e,size:n}){return 4*Math.ceil(n/3)+512+2*Buffer.byteLength(t.g(e))}function s(e,t,n,r,i){let a=l(e.map(({outcome:e})=>e),t,n),o=`<script>${n.script}<\/script>\n</body>\n</html>\n`,s=i-Buffer.byteLength(a+o)-200,u=[...e].sort((e,t)=>c(e)-c(t)),d=[];for(let e of u){let t=f(e,r.get(e.outcome.path));if(s-=Buffer.byteLength(t),s<0)break;d.push(t)}let p=u.length-d.length,m=p===0?``:`<p class="nothing">and ${p} more, for which this page has no room</p>\n`;return`${a}${d.join(``)}</ul>\n${m}</main>\n${o}`}function c({outcome:t}){return e.u.indexOf(t.status)}function l(n,r,i){let a=e.o(n),o=[`default-src 'none'`,`img-src data:`,`media-src data:`,`style-src ${d(i.style)}`,`script-src ${d(i.script)}`,`base-uri 'none'`,`form-action 'none'`].join(`; `),s=r.remarks.map(e=>`<p class="remark">${t.g(e)}</p>\n`).join(``),c=e.u.filter(t=>e.f(n,t).length>0).map(t=>u(t,e.r[t],e.f(n,t).length));return`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${t.h(o)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<link rel="icon" href="data:,">
<title>NXCloud template assets: ${a}</title>
<style>${i.style}</style>
</head>
<body>
${y}
<header class="head">
<h1>NXCloud template assets</h1>
<p class="verdict is-${r.isSuccess?`success`:`failure`}">${r.isSuccess?`\u2713`:`\u2717`} ${a}</p>
<p class="made">Mode ${t.g(r.mode)}, ${v(r.madeAt)}</p>
${s}</header>
<section class="tools" aria-label="Filter">
<div class="tools-inside">
<div class="search needs-script"><label class="hidden-text" for="search">Search by path</label>
<input type="search" id="search" placeholder="Search by path" autocomplete="off" spellcheck="false"></div>
<fieldset class="chips needs-script"><legend class="hidden-text">Status</legend>
${[u(``,`All`,n.length),...c].join(`
`)}
</fieldset>
<label class="switch all-cuts"><input type="checkbox" id="all-cuts" autocomplete="off">Show what is cut off</label>
<p class="shown" id="shown" role="status"></p>
<p class="hidden-text" id="said" role="status"></p>
</div>
</section>
<main>
<p class="nothing" id="nothing"${n.length===0?``:` hidden`}>${n.length===0?`No assets.`:`No asset matches.`}</p>
<ul class="cards">
`}function u(e,t,n){return`<label class="chip"><input type="radio" name="status" value="${e}" autocomplete="off"${e===``?` checked`:``}><span class="chip-label">${t} <b class="chip-count">${n}</b></span></label>`}function d(e){return`'sha256-${(0,n.createHash)(`sha256`).update(e).digest(`base64`)}'`}function f({outcome:n,expiresAt:r},i){let{path:a,status:o,asset:s,reason:c,findings:l}=n,u=t.y(a),d=u.lastIndexOf(`/`)+1,f=d===0?``:`<span class="folder">${t.h(u.slice(0,d))}</span>`,m=s===void 0?``:`<p class="facts">${[s.type,e.s(s.facts),t._(s.size)].filter(Boolean).join(` \u00B7 `)}</p>\n`,h=l.map(({level:e,message:n})=>`<li class="finding finding-${e}"><b class="finding-level">${e===`error`?`Error`:`Warning`}</b>${t.g(n)}</li>`);return`<li class="card is-${o}" data-status="${o}">
<div class="chat">${p(n,u.slice(d),i)}</div>
<div class="about">
<div class="title"><h2>${f}${t.h(u.slice(d))}</h2><span class="badge">${e.r[o]}</span></div>
${m}${c===``?``:`<p class="reason">${t.g(c)}</p>\n`}${h.length===0?``:`<ul class="findings">${h.join(``)}</ul>\n`}${_(n,u,r)}</div>
</li>
`}function p({asset:n},r,i){if(n?.type===`application/pdf`){let i=[e.s(n.facts),t._(n.size),`PDF`].filter(Boolean).join(` \u00B7 `);return m(`<div class="document">${`${b(`document`)}<span><span class="document-name">${t.h(r)}</span><span class="document-facts">${i}</span></span>`}</div>`)}if(n===void 0||i===void 0)return m(`<div class="media">${h(n)}</div>`);let a=`data:${n.type};base64,${i}`,o=t.h(r);if(n.type===`video/mp4`)return m(`<div class="media"><video controls playsinline preload="none" aria-label="${o}" src="${a}"></video></div>`);let s=`<img src="${a}" alt="${o}" loading="lazy" decoding="async">`,{width:c,height:l}=n.facts??{},u=c===void 0||l===void 0?void 0:t.s(c,l);if(u===void 0||u.lost<.01)return m(`<div class="media">${s}</div>`);let d=`<div class="media has-crop ${u.isWide?`is-wide`:`is-tall`}"><div class="picture">${s}<div class="crop"></div></div></div>`,f=`${Math.ceil(u.lost*100)} %`;return`${m(d)}<label class="switch cut-switch"><input type="checkbox" class="cut" autocomplete="off"><span>Show what is cut off<span class="hidden-text"> of ${o}</span> (${f})</span></label>`}function m(e){return`<div class="bubble">${e}<div class="message" aria-hidden="true">${`<span class="message-line"></span>`.repeat(3)}</div></div>`}function h(e){return`<div class="tile">${b(e===void 0?`missing`:e.type===`video/mp4`?`video`:`image`)}<span>${g(e)}</span></div>`}function g(e){return e===void 0?`No preview`:e.isLfsPointer?`No preview: the checkout holds only its Git LFS pointer`:e.size>204800?`No preview: ${t._(e.size)}, and only files of up to ${t._(204800)} are embedded`:a(e)?`No preview: the page has no room for it`:`No preview: it is not what its name says`}function _({id:e,status:n},r,i){if(e===void 0||n===`superseded`)return``;let a=`<button type="button" class="copy needs-script" aria-label="Copy ID of ${t.h(r)}">Copy ID</button>`,o=`<div class="handle"><div><span class="handle-label">File ID</span><code>${t.h(e)}</code></div>${a}</div>\n`;if(i===void 0)return o;let s=new Date(i);return`${o}<p class="expiry">Expires <time datetime="${s.toISOString()}">${v(s)}</time></p>\n`}function v(e){return`${e.toLocaleString(`en-GB`,{dateStyle:`medium`,timeStyle:`short`,timeZone:`UTC`})} UTC`}const y=`<svg class="symbols" aria-hidden="true">${Object.entries({image:`<path d="M4 5h16v14H4z"/><path d="m4 16 5-5 4 4 3-3 4 4"/><circle cx="15.5" cy="9" r="1"/>`,video:`<path d="M4 5h16v14H4z"/><path d="m10 9 5 3-5 3z"/>`,document:`<path d="M6 3h8l4 4v14H6z"/><path d="M14 3v4h4"/><path d="M9 12h6"/><path d="M9 15h6"/><path d="M9 18h3"/>`,missing:`<path d="M4 5h16v14H4z"/><path d="m9.5 9.5 5 5"/><path d="m14.5 9.5-5 5"/>`}).map(([e,t])=>`<symbol id="icon-${e}" viewBox="0 0 24 24">${t}</symbol>`).join(``)}</svg>`;function b(e){return`<svg class="icon" aria-hidden="true"><use href="#icon-${e}"/></svg>`}const x=25e6;async function S(n,i,a,o,c){let l=a.map(e=>({outcome:e,expiresAt:w(e,o)}));try{let t=await C(),a=s(l,c,t,new Map,x),o=await T(l,x-Buffer.byteLength(a)),u=o.size===0?a:s(l,c,t,o,x);await e.O((0,r.join)(n,i),u);return}catch(e){return`The gallery ${i} could not be written: ${t.C(e)}. Make room or make its folder writable, or name another \`report-path\`.`}}async function C(){let e=new URL(require("url").pathToFileURL(__filename).href.endsWith(`.ts`)?`../report/gallery/`:`./gallery/`,require("url").pathToFileURL(__filename).href),[t,n]=await Promise.all([`page.css`,`page.js`].map(t=>(0,i.readFile)(new URL(t,e),`utf8`)));return{style:t??``,script:n??``}}function w({path:t,id:n},r){let i=r?.manifest.get(t);return i===void 0||i.id!==n?void 0:e.p(i)}async function T(e,t){let n=new Map,r=t;for(let{asset:t}of e.map(({outcome:e})=>e)){if(!a(t)||o(t)>r)continue;let e=await E(t);e!==void 0&&(n.set(t.path,e.toString(`base64`)),r-=o(t))}return n}async function E({file:e,size:r,sha256:a}){let o=await(0,i.open)(e,t.f).catch(()=>void 0);try{let e=await o?.stat();if(o===void 0||!e?.isFile()||e.size!==r)return;let t=await o.readFile();return(0,n.createHash)(`sha256`).update(t).digest(`hex`)===a?t:void 0}catch{return}finally{await o?.close()}}exports.writeGallery=S;