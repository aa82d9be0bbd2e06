const e=require("./chunk-run.js"),t=require("./chunk-judge.js");let n=require("node:crypto"),r=require("node:fs/promises"),i=require("node:path"),a=require("node:fs");function o(e){return e===void 0||e.isLfsPointer||e.type===`application/pdf`?!1:(e.facts!==void 0||e.findings.length===0)&&e.size<=204800}function s({path:e,size:n}){return 4*Math.ceil(n/3)+512+2*Buffer.byteLength(t.p(e))}function c(e,t,n,r,i){let a=u(e.map(({outcome:e})=>e),t,n),o=`<script>${n.script}<\/script>\n</body>\n</html>\n`,s=i-Buffer.byteLength(a+o)-200,c=[...e].sort((e,t)=>l(e)-l(t)),d=[];for(let e of c){let t=p(e,r.get(e.outcome.path));if(s-=Buffer.byteLength(t),s<0)break;d.push(t)}let f=c.length-d.length,m=f===0?``:`<p class="nothing">and ${f} more, for which this page has no room</p>\n`;return`${a}${d.join(``)}</ul>\n${m}</main>\n${o}`}function l({outcome:t}){return e.u.indexOf(t.status)}function u(n,r,i){let a=e.o(n),o=[`default-src 'none'`,`img-src data:`,`media-src data:`,`style-src ${f(i.style)}`,`script-src ${f(i.script)}`,`base-uri 'none'`,`form-action 'none'`].join(`; `),s=r.remarks.map(e=>`<p class="remark">${t.p(e)}</p>\n`).join(``),c=e.u.filter(t=>e.f(n,t).length>0).map(t=>d(t,e.r[t],e.f(n,t).length));return`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${t.f(o)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<link rel="icon" href="data:,">
<title>NXCloud template assets: ${a}</title>
<style>${i.style}</style>
</head>
<body>
${b}
<header class="head">
<h1>NXCloud template assets</h1>
<p class="verdict is-${r.isSuccess?`success`:`failure`}">${r.isSuccess?`\u2713`:`\u2717`} ${a}</p>
<p class="made">Mode ${t.p(r.mode)}, ${y(r.madeAt)}</p>
${s}</header>
<section class="tools" aria-label="Filter">
<div class="tools-inside">
<div class="search needs-script"><label class="hidden-text" for="search">Search by path</label>
<input type="search" id="search" placeholder="Search by path" autocomplete="off" spellcheck="false"></div>
<fieldset class="chips needs-script"><legend class="hidden-text">Status</legend>
${[d(``,`All`,n.length),...c].join(`
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
`}function d(e,t,n){return`<label class="chip"><input type="radio" name="status" value="${e}" autocomplete="off"${e===``?` checked`:``}><span class="chip-label">${t} <b class="chip-count">${n}</b></span></label>`}function f(e){return`'sha256-${(0,n.createHash)(`sha256`).update(e).digest(`base64`)}'`}function p({outcome:n,expiresAt:r},i){let{path:a,status:o,asset:s,reason:c,findings:l}=n,u=t.g(a),d=u.lastIndexOf(`/`)+1,f=d===0?``:`<span class="folder">${t.f(u.slice(0,d))}</span>`,p=s===void 0?``:`<p class="facts">${[s.type,e.s(s.facts),t.m(s.size)].filter(Boolean).join(` \u00B7 `)}</p>\n`,h=l.map(({level:e,message:n})=>`<li class="finding finding-${e}"><b class="finding-level">${e===`error`?`Error`:`Warning`}</b>${t.p(n)}</li>`);return`<li class="card is-${o}" data-status="${o}">
<div class="chat">${m(n,u.slice(d),i)}</div>
<div class="about">
<div class="title"><h2>${f}${t.f(u.slice(d))}</h2><span class="badge">${e.r[o]}</span></div>
${p}${c===``?``:`<p class="reason">${t.p(c)}</p>\n`}${h.length===0?``:`<ul class="findings">${h.join(``)}</ul>\n`}${v(n,u,r)}</div>
</li>
`}function m({asset:n},r,i){if(n?.type===`application/pdf`){let i=[e.s(n.facts),t.m(n.size),`PDF`].filter(Boolean).join(` \u00B7 `);return h(`<div class="document">${`${x(`document`)}<span><span class="document-name">${t.f(r)}</span><span class="document-facts">${i}</span></span>`}</div>`)}if(n===void 0||i===void 0)return h(`<div class="media">${g(n)}</div>`);let a=`data:${n.type};base64,${i}`,o=t.f(r);if(n.type===`video/mp4`)return h(`<div class="media"><video controls playsinline preload="none" aria-label="${o}" src="${a}"></video></div>`);let s=`<img src="${a}" alt="${o}" loading="lazy" decoding="async">`,{width:c,height:l}=n.facts??{},u=c===void 0||l===void 0?void 0:t.o(c,l);if(u===void 0||u.lost<.01)return h(`<div class="media">${s}</div>`);let d=`<div class="media has-crop ${u.isWide?`is-wide`:`is-tall`}"><div class="picture">${s}<div class="crop"></div></div></div>`,f=`${Math.ceil(u.lost*100)} %`;return`${h(d)}<label class="switch cut-switch"><input type="checkbox" class="cut" autocomplete="off"><span>Show what is cut off<span class="hidden-text"> of ${o}</span> (${f})</span></label>`}function h(e){return`<div class="bubble">${e}<div class="message" aria-hidden="true">${`<span class="message-line"></span>`.repeat(3)}</div></div>`}function g(e){return`<div class="tile">${x(e===void 0?`missing`:e.type===`video/mp4`?`video`:`image`)}<span>${_(e)}</span></div>`}function _(e){return e===void 0?`No preview`:e.isLfsPointer?`No preview: the checkout holds only its Git LFS pointer`:e.size>204800?`No preview: ${t.m(e.size)}, and only files of up to ${t.m(204800)} are embedded`:o(e)?`No preview: the page has no room for it`:`No preview: it is not what its name says`}function v({id:e,status:n},r,i){if(e===void 0||n===`superseded`)return``;let a=`<button type="button" class="copy needs-script" aria-label="Copy ID of ${t.f(r)}">Copy ID</button>`,o=`<div class="handle"><div><span class="handle-label">File ID</span><code>${t.f(e)}</code></div>${a}</div>\n`;if(i===void 0)return o;let s=new Date(i);return`${o}<p class="expiry">Expires <time datetime="${s.toISOString()}">${y(s)}</time></p>\n`}function y(e){return`${e.toLocaleString(`en-GB`,{dateStyle:`medium`,timeStyle:`short`,timeZone:`UTC`})} UTC`}const b=`<svg class="symbols" aria-hidden="true">${Object.entries({image:`<path d="M4 5h16v14H4z"/><path d="m4 16 5-5 4 4 3-3 4 4"/><circle cx="15.5" cy="9" r="1"/>`,video:`<path d="M4 5h16v14H4z"/><path d="m10 9 5 3-5 3z"/>`,document:`<path d="M6 3h8l4 4v14H6z"/><path d="M14 3v4h4"/><path d="M9 12h6"/><path d="M9 15h6"/><path d="M9 18h3"/>`,missing:`<path d="M4 5h16v14H4z"/><path d="m9.5 9.5 5 5"/><path d="m14.5 9.5-5 5"/>`}).map(([e,t])=>`<symbol id="icon-${e}" viewBox="0 0 24 24">${t}</symbol>`).join(``)}</svg>`;function x(e){return`<svg class="icon" aria-hidden="true"><use href="#icon-${e}"/></svg>`}const S=25e6,C=a.constants.O_RDONLY|(a.constants.O_NONBLOCK??0)|(a.constants.O_NOFOLLOW??0);async function w(n,r,a,o,s){let l=a.map(e=>({outcome:e,expiresAt:E(e,o)}));try{let t=await T(),a=c(l,s,t,new Map,S),o=await D(l,S-Buffer.byteLength(a)),u=o.size===0?a:c(l,s,t,o,S);await e.D((0,i.join)(n,r),u);return}catch(e){return`The gallery ${r} could not be written: ${t.b(e)}. Make room or make its folder writable, or name another \`report-path\`.`}}async function T(){let e=new URL(require("url").pathToFileURL(__filename).href.endsWith(`.ts`)?`../report/gallery/`:`./gallery/`,require("url").pathToFileURL(__filename).href),[t,n]=await Promise.all([`page.css`,`page.js`].map(t=>(0,r.readFile)(new URL(t,e),`utf8`)));return{style:t??``,script:n??``}}function E({path:t,id:n},r){let i=r?.manifest.get(t);return i===void 0||i.id!==n?void 0:e.p(i)}async function D(e,t){let n=new Map,r=t;for(let{asset:t}of e.map(({outcome:e})=>e)){if(!o(t)||s(t)>r)continue;let e=await O(t);e!==void 0&&(n.set(t.path,e.toString(`base64`)),r-=s(t))}return n}async function O({file:e,size:t,sha256:i}){let a=await(0,r.open)(e,C).catch(()=>void 0);try{let e=await a?.stat();if(a===void 0||!e?.isFile()||e.size!==t)return;let r=await a.readFile();return(0,n.createHash)(`sha256`).update(r).digest(`hex`)===i?r:void 0}catch{return}finally{await a?.close()}}exports.writeGallery=w;