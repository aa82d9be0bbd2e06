const e=require("./chunk-manifest.js"),t=require("./chunk-asset-type.js"),n=require("./chunk-judge.js"),r=require("./chunk-remedy.js"),i=require("./chunk-pictures.js"),a=require("./chunk-write-gallery.js");let o=require("node:crypto"),s=require("node:fs");const c=`<svg class="symbols" aria-hidden="true">${Object.entries({image:`<path d="M4 5h16v14H4z"/><path d="m4 16 5-5 4 4 3-3 4 4"/><circle cx="15.5" cy="9" r="1"/>`,video:`<path d="M4 5h16v14H4z"/><path d="m10 9 5 3-5 3z"/>`,document:`<path d="M6 3h8l4 4v14H6z"/><path d="M14 3v4h4"/><path d="M9 12h6"/><path d="M9 15h6"/><path d="M9 18h3"/>`,missing:`<path d="M4 5h16v14H4z"/><path d="m9.5 9.5 5 5"/><path d="m14.5 9.5-5 5"/>`}).map(([e,t])=>`<symbol id="icon-${e}" viewBox="0 0 24 24">${t}</symbol>`).join(``)}</svg>`,l=/^image-(?:size|bits|colour|reduced-colour|crop)$/;function u(n,r){let{path:i,status:a,reason:o,asset:s}=n,c=t.f(i),l=c.lastIndexOf(`/`)+1,u=c.slice(l),m=l===0?``:`<span class="folder">${c.slice(0,l)}</span>`,g=t.d(t.u(i)),_=[s===void 0?``:`<p class="facts">${e.m(s)}</p>\n`,o===``?``:`<p class="reason">${e.v(o)}</p>\n`,d(n),f(n,c,r.embedded.now.has(i)),p(n,c)];return`<li class="card is-${a}" id="${g}" data-status="${a}"${e.O(n)?` data-warned`:``}>
<div class="chat">${h(n,u,r)}</div>
<div class="about">
<div class="title"><h2><a href="#${g}">${m}${u}</a></h2><span class="badge">${e.x(a)}</span></div>
${_.join(``)}</div>
</li>
`}function d({findings:t}){return t.length===0?``:`<ul class="findings">${t.map(({level:t,message:n})=>`<li class="finding finding-${t}"><b class="finding-level">${t===`error`?`Error`:`Warning`}</b>${e.v(n)}</li>`).join(``)}</ul>\n`}function f({asset:e,findings:t,path:n},i,a){if(a&&t.some(({rule:e})=>l.test(e)))return`<details class="fix needs-script" data-path="${i}"><summary>Fix it here<span class="hidden-text">: ${i}</span></summary></details>\n`;let o=r.t(n,t,e?.facts);return o===void 0?``:m(`Command that mends it`,o,`command`,i)}function p({entry:t,status:n},r){if(t===void 0||n===`superseded`)return``;let i=m(`File ID`,t.id,`ID`,r),a=e.j(t);if(a===void 0)return i;let o=new Date(a);return`${i}<p class="expiry">Expires <time datetime="${o.toISOString()}">${e.y(o)}</time></p>\n`}function m(e,n,r,i){let a=`<button type="button" class="button copy needs-script" data-what="${r}" aria-label="Copy ${r} of ${i}">Copy ${r}</button>`;return`<div class="handle is-${r.toLowerCase()}"><div><span class="handle-label">${e}</span><code>${t.d(n)}</code></div>${a}</div>\n`}function h(e,t,n){let{asset:r,path:i}=e,a=n.embedded.now.get(i);if(r?.type===`application/pdf`)return g(y(r,t,a,n));let o=v(e,t,n);if(r===void 0||a===void 0)return g(`<div class="media">${b(r,t,n)}</div>`)+o;let s=`data:${r.type};base64,${a}`;return r.type===`video/mp4`?g(`<div class="media"><video controls playsinline preload="none" aria-label="${t}" src="${s}"></video></div>`):_(r,t,s)+o}function g(e){return`<div class="bubble">${e}<div class="message" aria-hidden="true">${`<span class="message-line"></span>`.repeat(3)}</div></div>`}function _({facts:e},t,r){let i=`<img src="${r}" alt="${t}" loading="lazy" decoding="async">`,{width:a,height:o}=e??{},s=a===void 0||o===void 0?void 0:n.i(a,o);if(s===void 0||s.lost<.01)return g(`<div class="media">${i}</div>`);let c=`<div class="media has-crop ${s.isWide?`is-wide`:`is-tall`}"><div class="picture">${i}<div class="crop"></div></div></div>`,l=`${Math.ceil(s.lost*100)} %`;return`${g(c)}<label class="switch cut-switch"><input type="checkbox" class="cut" autocomplete="off"><span>Show what is cut off<span class="hidden-text"> of ${t}</span> (${l})</span></label>`}function v(t,n,{pictures:r,embedded:a}){if(!e.D(t))return``;let o=a.before.get(t.path);return o===void 0?r?.shaBefore===void 0?``:`<p class="before">${S(i.r(r,r.shaBefore,t.path),`See it before the change`,n)}</p>`:`<figure class="before"><figcaption>Before</figcaption>${`<img src="data:${t.asset?.type};base64,${o}" alt="${n} before the change" loading="lazy" decoding="async">`}</figure>`}function y(n,r,i,o){let s=[e.g(n.facts),t.m(n.size),`PDF`].filter(Boolean).join(` · `),c=i===void 0?void 0:`data:${n.type};base64,${i}`,l=c??a.n(o,n),u=c===void 0?``:` download="${r}"`,d=l===void 0?r:`<a href="${t.d(l)}"${u}>${r}</a>`;return`<div class="document">${C(`document`)}<span><span class="document-name">${d}</span><span class="document-facts">${s}</span></span></div>`}function b(e,t,n){let r=e===void 0?void 0:a.n(n,e),i=r===void 0?``:` ${S(r,`Open the file`,t)}`;return`<div class="tile">${C(e===void 0?`missing`:e.type===`video/mp4`?`video`:`image`)}<span class="tile-text">No preview${x(e)}${i}</span></div>`}function x(e){return e===void 0?``:e.isLfsPointer?`: the checkout holds only its Git LFS pointer`:a.t(e)?`: the page has no room for it`:`: it is not what its name says`}function S(e,n,r){return`<a href="${t.d(e)}">${n}<span class="hidden-text"> ${r}</span></a>`}function C(e){return`<svg class="icon" aria-hidden="true"><use href="#icon-${e}"/></svg>`}const w=e=>e.map(e=>(0,s.readFileSync)(new URL(`./page/${e}`,require("url").pathToFileURL(__filename).href),`utf8`)).join(`
`),T=w([`page.css`,`cards.css`,`preview.css`,`fix.css`,`list.css`,`narrow.css`,`print.css`]),E=w([`page.js`,`fix.js`]),D=[`default-src 'none'`,`img-src data:`,`media-src data:`,`style-src ${O(T)}`,`script-src ${O(E)}`,`base-uri 'none'`,`form-action 'none'`].join(`; `);function O(e){return`'sha256-${(0,o.hash)(`sha256`,e,`base64`)}'`}function k(e,t,n){let r=j(e,t),i=`<template id="picture-editor">
<p>Drag the frame, or use the arrow keys, to what the header shall show.</p>
<div class="stage"><div class="frame" role="slider" tabindex="0" aria-valuemin="0" aria-valuemax="100"></div></div>
<p class="fix-size"></p>
<button type="button" class="button download">Download as 1200 × 628 JPEG</button>
<p class="fix-done" role="status"></p>
</template>
<script>${E}<\/script>\n</body>\n</html>\n`,a=n-Buffer.byteLength(r+i)-200,o=[];for(let n of e.toSorted((e,t)=>A(e)-A(t))){let e=u(n,t);if(a-=Buffer.byteLength(e),a<0)break;o.push(e)}let s=e.length-o.length,c=s===0?``:`<p class="nothing">and ${s} more, for which this page has no room</p>\n`;return`${r}${o.join(``)}</ul>\n${c}</main>\n${i}`}function A(t){return t.status===`invalid`?-2:e.O(t)?-1:e.S.indexOf(t.status)}function j(n,r){let i=e.h(n),a=r.remarks.map(t=>`<p class="remark">${e.v(t)}</p>\n`).join(``);return`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${t.d(D)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<link rel="icon" href="data:,">
<title>NXCloud template assets: ${i}</title>
<style>${T}</style>
</head>
<body>
${c}
<header class="head">
<h1>NXCloud template assets</h1>
<p class="verdict is-${r.isSuccess?`success`:`failure`}">${r.isSuccess?`✓`:`✗`} ${i}</p>
<dl class="origin">${r.facts.map(M).join(`
`)}</dl>
${a}</header>
${N(n)}<main>
<p class="nothing" id="nothing"${n.length===0?``:` hidden`}>${n.length===0?`No assets.`:`No asset matches.`}</p>
<ul class="cards">
`}function M({name:e,text:n,address:r}){let i=t.f(n);return`<div><dt>${e}</dt> <dd>${r===void 0?i:`<a href="${t.d(r)}">${i}</a>`}</dd></div>`}function N(n){let r=e.E(n).map(([t,n])=>P(t,t===`warned`?`Warnings`:e.x(t),n.length)),i=n.length>100?` checked`:``;return`<section class="tools" aria-label="Filter">
<div class="tools-inside">
<div class="search needs-script"><label class="hidden-text" for="search">Search by path</label>
<input type="search" id="search" placeholder="Search by path" autocomplete="off" spellcheck="false"></div>
<p class="shown" id="shown" role="status">${t.l(n.length,`asset`)}</p>
<div class="choices">
<fieldset class="chips needs-script"><legend class="hidden-text">Status</legend>
${[P(``,`All`,n.length),...r].join(`
`)}
</fieldset>
<label class="switch list-switch"><input type="checkbox" id="as-list" autocomplete="off"${i}>List</label>
<label class="switch all-cuts"><input type="checkbox" id="all-cuts" autocomplete="off">Show what is cut off</label>
</div>
<p class="hidden-text" id="said" role="status"></p>
</div>
</section>
`}function P(e,t,n){return`<label class="chip"><input type="radio" name="status" value="${e}" autocomplete="off"${e===``?` checked`:``}><span class="chip-label">${t} <b class="chip-count">${n}</b></span></label>`}exports.buildGallery=k;