const e=require("./chunk-node-version.js"),t=require("./chunk-remedy.js"),n=require("./chunk-asset-type.js"),r=require("./chunk-judge.js"),i=require("./chunk-pictures.js"),a=require("./chunk-write-gallery.js");let o=require("node:crypto"),s=require("node:fs");const c=`<svg class="symbols" aria-hidden="true">${Object.entries({image:`<path d="M4 5h16v14H4z"/><path d="m4 16 5-5 4 4 3-3 4 4"/><circle cx="15.5" cy="9" r="1"/>`,video:`<path d="M4 5h16v14H4z"/><path d="m10 9 5 3-5 3z"/>`,document:`<path d="M6 3h8l4 4v14H6z"/><path d="M14 3v4h4"/><path d="M9 12h6"/><path d="M9 15h6"/><path d="M9 18h3"/>`,missing:`<path d="M4 5h16v14H4z"/><path d="m9.5 9.5 5 5"/><path d="m14.5 9.5-5 5"/>`}).map(([e,t])=>`<symbol id="icon-${e}" viewBox="0 0 24 24">${t}</symbol>`).join(``)}</svg>`;function l(e){return`<svg class="icon" aria-hidden="true"><use href="#icon-${e}"/></svg>`}function u(e,t,n){let{asset:r,path:i}=e,a=n.embedded.now.get(i);if(r?.type===`application/pdf`)return d(m(r,t,a,n));let o=p(e,t,n);if(r===void 0||a===void 0)return d(`<div class="media">${h(r,t,n)}</div>`)+o;let s=`data:${r.type};base64,${a}`;return r.type===`video/mp4`?d(`<div class="media"><video controls playsinline preload="none" aria-label="${t}" src="${s}"></video></div>`):f(r,t,s)+o}function d(e){return`<div class="bubble">${e}<div class="message" aria-hidden="true">${`<span class="message-line"></span>`.repeat(3)}</div></div>`}function f({facts:e},t,n){let i=`<img src="${n}" alt="${t}" loading="lazy" decoding="async">`,{width:a,height:o}=e??{},s=a===void 0||o===void 0?void 0:r.i(a,o);if(s===void 0||s.lost<.01)return d(`<div class="media">${i}</div>`);let c=`<div class="media has-crop ${s.isWide?`is-wide`:`is-tall`}"><div class="picture">${i}<div class="crop"></div></div></div>`,l=`${Math.ceil(s.lost*100)} %`;return`${d(c)}<label class="switch cut-switch"><input type="checkbox" class="cut" autocomplete="off"><span>Show what is cut off<span class="hidden-text"> of ${t}</span> (${l})</span></label>`}function p(t,n,{pictures:r,embedded:a}){if(!e.y(t))return``;let o=a.before.get(t.path);return o===void 0?r?.shaBefore===void 0?``:`<p class="before">${_(i.r(r,r.shaBefore,t.path),`See it before the change`,n)}</p>`:`<figure class="before"><figcaption>Before</figcaption>${`<img src="data:${t.asset?.type};base64,${o}" alt="${n} before the change" loading="lazy" decoding="async">`}</figure>`}function m(t,r,i,o){let s=[e.s(t.facts),n.m(t.size),`PDF`].filter(Boolean).join(` · `),c=i===void 0?void 0:`data:${t.type};base64,${i}`,u=c??a.t(o,t),d=c===void 0?``:` download="${r}"`,f=u===void 0?r:`<a href="${n.f(u)}"${d}>${r}</a>`;return`<div class="document">${l(`document`)}<span><span class="document-name">${f}</span><span class="document-facts">${s}</span></span></div>`}function h(e,t,n){let r=e===void 0?void 0:a.t(n,e),i=r===void 0?``:` ${_(r,`Open the file`,t)}`;return`<div class="tile">${l(e===void 0?`missing`:e.type===`video/mp4`?`video`:`image`)}<span class="tile-text">No preview${g(e)}${i}</span></div>`}function g(e){return e===void 0?``:e.isLfsPointer?`: the checkout holds only its Git LFS pointer`:a.n(e)?`: the page has no room for it`:`: it is not what its name says`}function _(e,t,r){return`<a href="${n.f(e)}">${t}<span class="hidden-text"> ${r}</span></a>`}const v=/^image-(?:size|bits|colour|reduced-colour|crop)$/;function y(t,r){let{path:i,status:a,reason:o,asset:s}=t,c=n.p(i),l=c.lastIndexOf(`/`)+1,d=c.slice(l),f=l===0?``:`<span class="folder">${c.slice(0,l)}</span>`,p=n.f(n.d(i)),m=[s===void 0?``:`<p class="facts">${e.a(s)}</p>\n`,o===``?``:`<p class="reason">${e.l(o)}</p>\n`,b(t),x(t,c,r.embedded.now.has(i)),S(t,c)];return`<li class="card is-${a}" id="${p}" data-status="${a}"${e.b(t)?` data-warned`:``}>
<div class="chat">${u(t,d,r)}</div>
<div class="about">
<div class="title"><h2><a href="#${p}">${f}${d}</a></h2><span class="badge">${e.i[a]}</span></div>
${m.join(``)}</div>
</li>
`}function b({findings:t}){return t.length===0?``:`<ul class="findings">${t.map(({level:t,message:n})=>`<li class="finding finding-${t}"><b class="finding-level">${t===`error`?`Error`:`Warning`}</b>${e.l(n)}</li>`).join(``)}</ul>\n`}function x({asset:e,findings:n,path:r},i,a){if(a&&n.some(({rule:e})=>v.test(e)))return`<details class="fix needs-script" data-path="${i}"><summary>Fix it here<span class="hidden-text">: ${i}</span></summary></details>\n`;let o=t.t(r,n,e?.facts);return o===void 0?``:C(`Command that mends it`,o,`command`,i)}function S({entry:t,status:n},r){if(t===void 0||n===`superseded`)return``;let i=C(`File ID`,t.id,`ID`,r),a=e.C(t);if(a===void 0)return i;let o=new Date(a);return`${i}<p class="expiry">Expires <time datetime="${o.toISOString()}">${e.u(o)}</time></p>\n`}function C(e,t,r,i){let a=`<button type="button" class="button copy needs-script" data-what="${r}" aria-label="Copy ${r} of ${i}">Copy ${r}</button>`;return`<div class="handle is-${r.toLowerCase()}"><div><span class="handle-label">${e}</span><code>${n.f(t)}</code></div>${a}</div>\n`}const w=[`page.css`,`cards.css`,`preview.css`,`fix.css`,`list.css`,`narrow.css`,`print.css`],T=[`page.js`,`fix.js`],E=e=>e.map(e=>(0,s.readFileSync)(new URL(`./page/${e}`,require("url").pathToFileURL(__filename).href),`utf8`)).join(`
`),D=E(w),O=E(T),k=[`default-src 'none'`,`img-src data:`,`media-src data:`,`style-src ${A(D)}`,`script-src ${A(O)}`,`base-uri 'none'`,`form-action 'none'`].join(`; `);function A(e){return`'sha256-${(0,o.hash)(`sha256`,e,`base64`)}'`}function j(t,r){let i=e.o(t),a=r.remarks.map(t=>`<p class="remark">${e.l(t)}</p>\n`).join(``);return`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${n.f(k)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<link rel="icon" href="data:,">
<title>NXCloud template assets: ${i}</title>
<style>${D}</style>
</head>
<body>
${c}
<header class="head">
<h1>NXCloud template assets</h1>
<p class="verdict is-${r.isSuccess?`success`:`failure`}">${r.isSuccess?`✓`:`✗`} ${i}</p>
<dl class="origin">${r.facts.map(M).join(`
`)}</dl>
${a}</header>
${N(t)}<main>
<p class="nothing" id="nothing"${t.length===0?``:` hidden`}>${t.length===0?`No assets.`:`No asset matches.`}</p>
<ul class="cards">
`}function M({name:e,text:t,address:r}){let i=n.p(t);return`<div><dt>${e}</dt> <dd>${r===void 0?i:`<a href="${n.f(r)}">${i}</a>`}</dd></div>`}function N(t){let r=e.v(t).map(([t,n])=>P(t,t===`warned`?`Warnings`:e.i[t],n.length)),i=t.length>100?` checked`:``;return`<section class="tools" aria-label="Filter">
<div class="tools-inside">
<div class="search needs-script"><label class="hidden-text" for="search">Search by path</label>
<input type="search" id="search" placeholder="Search by path" autocomplete="off" spellcheck="false"></div>
<p class="shown" id="shown" role="status">${n.u(t.length,`asset`)}</p>
<div class="choices">
<fieldset class="chips needs-script"><legend class="hidden-text">Status</legend>
${[P(``,`All`,t.length),...r].join(`
`)}
</fieldset>
<label class="switch list-switch"><input type="checkbox" id="as-list" autocomplete="off"${i}>List</label>
<label class="switch all-cuts"><input type="checkbox" id="all-cuts" autocomplete="off">Show what is cut off</label>
</div>
<p class="hidden-text" id="said" role="status"></p>
</div>
</section>
`}function P(e,t,n){return`<label class="chip"><input type="radio" name="status" value="${e}" autocomplete="off"${e===``?` checked`:``}><span class="chip-label">${t} <b class="chip-count">${n}</b></span></label>`}function F(e,t,n){let r=j(e,t),i=`<template id="picture-editor">
<p>Drag the frame, or use the arrow keys, to what the header shall show.</p>
<div class="stage"><div class="frame" role="slider" tabindex="0" aria-valuemin="0" aria-valuemax="100"></div></div>
<p class="fix-size"></p>
<button type="button" class="button download">Download as 1200 × 628 JPEG</button>
<p class="fix-done" role="status"></p>
</template>
<script>${O}<\/script>\n</body>\n</html>\n`,a=n-Buffer.byteLength(r+i)-200,o=[];for(let n of e.toSorted((e,t)=>I(e)-I(t))){let e=y(n,t);if(a-=Buffer.byteLength(e),a<0)break;o.push(e)}let s=e.length-o.length,c=s===0?``:`<p class="nothing">and ${s} more, for which this page has no room</p>\n`;return`${r}${o.join(``)}</ul>\n${c}</main>\n${i}`}function I(t){return t.status===`invalid`?-2:e.b(t)?-1:e.m.indexOf(t.status)}exports.buildGallery=F;