import{R as e,_ as t,a as n,g as r,n as i,o as a,y as o}from"./chunk-run.js";import{a as s,d as c,f as l,h as u,p as d,y as f}from"./chunk-judge.js";import{createHash as p}from"node:crypto";import{open as m,readFile as h}from"node:fs/promises";import{join as g}from"node:path";import{constants as _}from"node:fs";function v(e){return e===void 0||e.isLfsPointer||e.type===`application/pdf`?!1:(e.facts!==void 0||e.findings.length===0)&&e.size<=204800}function y({path:e,size:t}){return 4*Math.ceil(t/3)+512+2*Buffer.byteLength(l(e))}function b(e,t,n,r,i){let a=S(e.map(({outcome:e})=>e),t,n),o=`<script>${n.script}<\/script>\n</body>\n</html>\n`,s=i-Buffer.byteLength(a+o)-200,c=[...e].sort((e,t)=>x(e)-x(t)),l=[];for(let e of c){let t=T(e,r.get(e.outcome.path));if(s-=Buffer.byteLength(t),s<0)break;l.push(t)}let u=c.length-l.length,d=u===0?``:`<p class="nothing">and ${u} more, for which this page has no room</p>\n`;return`${a}${l.join(``)}</ul>\n${d}</main>\n${o}`}function x({outcome:e}){return r.indexOf(e.status)}function S(e,a,o){let s=n(e),u=[`default-src 'none'`,`img-src data:`,`media-src data:`,`style-src ${w(o.style)}`,`script-src ${w(o.script)}`,`base-uri 'none'`,`form-action 'none'`].join(`; `),d=a.remarks.map(e=>`<p class="remark">${l(e)}</p>\n`).join(``),f=r.filter(n=>t(e,n).length>0).map(n=>C(n,i[n],t(e,n).length));return`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${c(u)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<link rel="icon" href="data:,">
<title>NXCloud template assets: ${s}</title>
<style>${o.style}</style>
</head>
<body>
${M}
<header class="head">
<h1>NXCloud template assets</h1>
<p class="verdict is-${a.isSuccess?`success`:`failure`}">${a.isSuccess?`✓`:`✗`} ${s}</p>
<p class="made">Mode ${l(a.mode)}, ${j(a.madeAt)}</p>
${d}</header>
<section class="tools" aria-label="Filter">
<div class="tools-inside">
<div class="search needs-script"><label class="hidden-text" for="search">Search by path</label>
<input type="search" id="search" placeholder="Search by path" autocomplete="off" spellcheck="false"></div>
<fieldset class="chips needs-script"><legend class="hidden-text">Status</legend>
${[C(``,`All`,e.length),...f].join(`
`)}
</fieldset>
<label class="switch all-cuts"><input type="checkbox" id="all-cuts" autocomplete="off">Show what is cut off</label>
<p class="shown" id="shown" role="status"></p>
<p class="hidden-text" id="said" role="status"></p>
</div>
</section>
<main>
<p class="nothing" id="nothing"${e.length===0?``:` hidden`}>${e.length===0?`No assets.`:`No asset matches.`}</p>
<ul class="cards">
`}function C(e,t,n){return`<label class="chip"><input type="radio" name="status" value="${e}" autocomplete="off"${e===``?` checked`:``}><span class="chip-label">${t} <b class="chip-count">${n}</b></span></label>`}function w(e){return`'sha256-${p(`sha256`).update(e).digest(`base64`)}'`}function T({outcome:e,expiresAt:t},n){let{path:r,status:o,asset:s,reason:f,findings:p}=e,m=u(r),h=m.lastIndexOf(`/`)+1,g=h===0?``:`<span class="folder">${c(m.slice(0,h))}</span>`,_=s===void 0?``:`<p class="facts">${[s.type,a(s.facts),d(s.size)].filter(Boolean).join(` · `)}</p>\n`,v=p.map(({level:e,message:t})=>`<li class="finding finding-${e}"><b class="finding-level">${e===`error`?`Error`:`Warning`}</b>${l(t)}</li>`);return`<li class="card is-${o}" data-status="${o}">
<div class="chat">${E(e,m.slice(h),n)}</div>
<div class="about">
<div class="title"><h2>${g}${c(m.slice(h))}</h2><span class="badge">${i[o]}</span></div>
${_}${f===``?``:`<p class="reason">${l(f)}</p>\n`}${v.length===0?``:`<ul class="findings">${v.join(``)}</ul>\n`}${A(e,m,t)}</div>
</li>
`}function E({asset:e},t,n){if(e?.type===`application/pdf`){let n=[a(e.facts),d(e.size),`PDF`].filter(Boolean).join(` · `);return D(`<div class="document">${`${N(`document`)}<span><span class="document-name">${c(t)}</span><span class="document-facts">${n}</span></span>`}</div>`)}if(e===void 0||n===void 0)return D(`<div class="media">${O(e)}</div>`);let r=`data:${e.type};base64,${n}`,i=c(t);if(e.type===`video/mp4`)return D(`<div class="media"><video controls playsinline preload="none" aria-label="${i}" src="${r}"></video></div>`);let o=`<img src="${r}" alt="${i}" loading="lazy" decoding="async">`,{width:l,height:u}=e.facts??{},f=l===void 0||u===void 0?void 0:s(l,u);if(f===void 0||f.lost<.01)return D(`<div class="media">${o}</div>`);let p=`<div class="media has-crop ${f.isWide?`is-wide`:`is-tall`}"><div class="picture">${o}<div class="crop"></div></div></div>`,m=`${Math.ceil(f.lost*100)} %`;return`${D(p)}<label class="switch cut-switch"><input type="checkbox" class="cut" autocomplete="off"><span>Show what is cut off<span class="hidden-text"> of ${i}</span> (${m})</span></label>`}function D(e){return`<div class="bubble">${e}<div class="message" aria-hidden="true">${`<span class="message-line"></span>`.repeat(3)}</div></div>`}function O(e){return`<div class="tile">${N(e===void 0?`missing`:e.type===`video/mp4`?`video`:`image`)}<span>${k(e)}</span></div>`}function k(e){return e===void 0?`No preview`:e.isLfsPointer?`No preview: the checkout holds only its Git LFS pointer`:e.size>204800?`No preview: ${d(e.size)}, and only files of up to ${d(204800)} are embedded`:v(e)?`No preview: the page has no room for it`:`No preview: it is not what its name says`}function A({id:e,status:t},n,r){if(e===void 0||t===`superseded`)return``;let i=`<button type="button" class="copy needs-script" aria-label="Copy ID of ${c(n)}">Copy ID</button>`,a=`<div class="handle"><div><span class="handle-label">File ID</span><code>${c(e)}</code></div>${i}</div>\n`;if(r===void 0)return a;let o=new Date(r);return`${a}<p class="expiry">Expires <time datetime="${o.toISOString()}">${j(o)}</time></p>\n`}function j(e){return`${e.toLocaleString(`en-GB`,{dateStyle:`medium`,timeStyle:`short`,timeZone:`UTC`})} UTC`}const M=`<svg class="symbols" aria-hidden="true">${Object.entries({image:`<path d="M4 5h16v14H4z"/><path d="m4 16 5-5 4 4 3-3 4 4"/><circle cx="15.5" cy="9" r="1"/>`,video:`<path d="M4 5h16v14H4z"/><path d="m10 9 5 3-5 3z"/>`,document:`<path d="M6 3h8l4 4v14H6z"/><path d="M14 3v4h4"/><path d="M9 12h6"/><path d="M9 15h6"/><path d="M9 18h3"/>`,missing:`<path d="M4 5h16v14H4z"/><path d="m9.5 9.5 5 5"/><path d="m14.5 9.5-5 5"/>`}).map(([e,t])=>`<symbol id="icon-${e}" viewBox="0 0 24 24">${t}</symbol>`).join(``)}</svg>`;function N(e){return`<svg class="icon" aria-hidden="true"><use href="#icon-${e}"/></svg>`}const P=25e6,F=_.O_RDONLY|(_.O_NONBLOCK??0)|(_.O_NOFOLLOW??0);async function I(t,n,r,i,a){let o=r.map(e=>({outcome:e,expiresAt:R(e,i)}));try{let r=await L(),i=b(o,a,r,new Map,P),s=await z(o,P-Buffer.byteLength(i)),c=s.size===0?i:b(o,a,r,s,P);await e(g(t,n),c);return}catch(e){return`The gallery ${n} could not be written: ${f(e)}. Make room or make its folder writable, or name another \`report-path\`.`}}async function L(){let e=new URL(import.meta.url.endsWith(`.ts`)?`../report/gallery/`:`./gallery/`,import.meta.url),[t,n]=await Promise.all([`page.css`,`page.js`].map(t=>h(new URL(t,e),`utf8`)));return{style:t??``,script:n??``}}function R({path:e,id:t},n){let r=n?.manifest.get(e);return r===void 0||r.id!==t?void 0:o(r)}async function z(e,t){let n=new Map,r=t;for(let{asset:t}of e.map(({outcome:e})=>e)){if(!v(t)||y(t)>r)continue;let e=await B(t);e!==void 0&&(n.set(t.path,e.toString(`base64`)),r-=y(t))}return n}async function B({file:e,size:t,sha256:n}){let r=await m(e,F).catch(()=>void 0);try{let e=await r?.stat();if(r===void 0||!e?.isFile()||e.size!==t)return;let i=await r.readFile();return p(`sha256`).update(i).digest(`hex`)===n?i:void 0}catch{return}finally{await r?.close()}}export{I as writeGallery};