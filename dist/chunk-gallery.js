const e=require("./chunk-run.js"),t=require("./chunk-write-gallery.js");let n=require("node:crypto"),r=require("node:fs");const i=`<svg class="symbols" aria-hidden="true">${Object.entries({image:`<path d="M4 5h16v14H4z"/><path d="m4 16 5-5 4 4 3-3 4 4"/><circle cx="15.5" cy="9" r="1"/>`,video:`<path d="M4 5h16v14H4z"/><path d="m10 9 5 3-5 3z"/>`,document:`<path d="M6 3h8l4 4v14H6z"/><path d="M14 3v4h4"/><path d="M9 12h6"/><path d="M9 15h6"/><path d="M9 18h3"/>`,missing:`<path d="M4 5h16v14H4z"/><path d="m9.5 9.5 5 5"/><path d="m14.5 9.5-5 5"/>`}).map(([e,t])=>`<symbol id="icon-${e}" viewBox="0 0 24 24">${t}</symbol>`).join(``)}</svg>`,a=/^image-(?:size|bits|colour|reduced-colour|crop)$/;function o(t,n){let{path:r,status:i,reason:a,asset:o}=t,u=e.Mt(r),f=u.lastIndexOf(`/`)+1,p=u.slice(f),m=f===0?``:`<span class="folder">${u.slice(0,f)}</span>`,h=e.jt(e.kt(r)),g=[o===void 0?``:`<p class="facts">${e.Z(o)}</p>\n`,a===``?``:`<p class="reason">${e.tt(a)}</p>\n`,s(t),c(t,u,n.embedded.now.has(r)),l(t,u)];return`<li class="card is-${i}" id="${h}" data-status="${i}"${e.st(t)?` data-warned`:``}>
<div class="chat">${d(t,p,n)}</div>
<div class="about">
<div class="title"><h2><a href="#${h}">${m}${p}</a></h2><span class="badge">${e.rt(i)}</span></div>
${g.join(``)}</div>
</li>
`}function s({findings:t}){return t.length===0?``:`<ul class="findings">${t.map(({level:t,message:n})=>`<li class="finding finding-${t}"><b class="finding-level">${t===`error`?`Error`:`Warning`}</b>${e.tt(n)}</li>`).join(``)}</ul>\n`}function c({asset:t,findings:n,path:r},i,o){if(o&&n.some(({rule:e})=>a.test(e)))return`<details class="fix needs-script" data-path="${i}"><summary>Fix it here<span class="hidden-text">: ${i}</span></summary></details>\n`;let s=e.x(r,n,t?.facts);return s===void 0?``:u(`Command that mends it`,s,`command`,i)}function l({entry:t,status:n},r){if(t===void 0||n===`superseded`)return``;let i=u(`File ID`,t.id,`ID`,r),a=e.ut(t);if(a===void 0)return i;let o=new Date(a);return`${i}<p class="expiry">Expires <time datetime="${o.toISOString()}">${e.nt(o)}</time></p>\n`}function u(t,n,r,i){let a=`<button type="button" class="button copy needs-script" data-what="${r}" aria-label="Copy ${r} of ${i}">Copy ${r}</button>`;return`<div class="handle is-${r.toLowerCase()}"><div><span class="handle-label">${t}</span><code>${e.jt(n)}</code></div>${a}</div>\n`}function d(e,t,n){let{asset:r,path:i}=e,a=n.embedded.now.get(i);if(r?.type===`application/pdf`)return f(h(r,t,a,n));let o=m(e,t,n);if(r===void 0||a===void 0)return f(`<div class="media">${g(r,t,n)}</div>`)+o;let s=`data:${r.type};base64,${a}`;return r.type===`video/mp4`?f(`<div class="media"><video controls playsinline preload="none" aria-label="${t}" src="${s}"></video></div>`):p(r,t,s)+o}function f(e){return`<div class="bubble">${e}<div class="message" aria-hidden="true">${`<span class="message-line"></span>`.repeat(3)}</div></div>`}function p({facts:t},n,r){let i=`<img src="${r}" alt="${n}" loading="lazy" decoding="async">`,{width:a,height:o}=t??{},s=a===void 0||o===void 0?void 0:e.w(a,o);if(s===void 0||s.lost<.01)return f(`<div class="media">${i}</div>`);let c=`<div class="media has-crop ${s.isWide?`is-wide`:`is-tall`}"><div class="picture">${i}<div class="crop"></div></div></div>`,l=`${Math.ceil(s.lost*100)} %`;return`${f(c)}<label class="switch cut-switch"><input type="checkbox" class="cut" autocomplete="off"><span>Show what is cut off<span class="hidden-text"> of ${n}</span> (${l})</span></label>`}function m(t,n,{pictures:r,embedded:i}){if(!e.ot(t))return``;let a=i.before.get(t.path);return a===void 0?r?.shaBefore===void 0?``:`<p class="before">${v(e.y(r,r.shaBefore,t.path),`See it before the change`,n)}</p>`:`<figure class="before"><figcaption>Before</figcaption>${`<img src="data:${t.asset?.type};base64,${a}" alt="${n} before the change" loading="lazy" decoding="async">`}</figure>`}function h(n,r,i,a){let o=[e.$(n.facts),e.Nt(n.size),`PDF`].filter(Boolean).join(` · `),s=i===void 0?void 0:`data:${n.type};base64,${i}`,c=s??t.n(a,n),l=s===void 0?``:` download="${r}"`,u=c===void 0?r:`<a href="${e.jt(c)}"${l}>${r}</a>`;return`<div class="document">${y(`document`)}<span><span class="document-name">${u}</span><span class="document-facts">${o}</span></span></div>`}function g(e,n,r){let i=e===void 0?void 0:t.n(r,e),a=i===void 0?``:` ${v(i,`Open the file`,n)}`;return`<div class="tile">${y(e===void 0?`missing`:e.type===`video/mp4`?`video`:`image`)}<span class="tile-text">No preview${_(e)}${a}</span></div>`}function _(e){return e===void 0?``:e.isLfsPointer?`: the checkout holds only its Git LFS pointer`:t.t(e)?`: the page has no room for it`:`: it is not what its name says`}function v(t,n,r){return`<a href="${e.jt(t)}">${n}<span class="hidden-text"> ${r}</span></a>`}function y(e){return`<svg class="icon" aria-hidden="true"><use href="#icon-${e}"/></svg>`}const b=e=>e.map(e=>(0,r.readFileSync)(new URL(`./page/${e}`,require("url").pathToFileURL(__filename).href),`utf8`)).join(`
`),x=b([`page.css`,`cards.css`,`preview.css`,`fix.css`,`list.css`,`narrow.css`,`print.css`]),S=b([`page.js`,`fix.js`]),C=[`default-src 'none'`,`img-src data:`,`media-src data:`,`style-src ${w(x)}`,`script-src ${w(S)}`,`base-uri 'none'`,`form-action 'none'`].join(`; `);function w(e){return`'sha256-${(0,n.hash)(`sha256`,e,`base64`)}'`}function T(e,t,n){let r=D(e,t),i=`<template id="/picture-editor">
<p>Drag the frame, or use the arrow keys, to what the header shall show.</p>
<div class="stage"><div class="frame" role="slider" tabindex="0" aria-valuemin="0" aria-valuemax="100"></div></div>
<p class="fix-size"></p>
<button type="button" class="button download">Download as 1200 × 628 JPEG</button>
<p class="fix-done" role="status"></p>
</template>
<script>${S}<\/script>\n</body>\n</html>\n`,a=n-Buffer.byteLength(r+i)-200,s=[];for(let n of e.toSorted((e,t)=>E(e)-E(t))){let e=o(n,t);if(a-=Buffer.byteLength(e),a<0)break;s.push(e)}let c=e.length-s.length,l=c===0?``:`<p class="nothing">and ${c} more, for which this page has no room</p>\n`;return`${r}${s.join(``)}</ul>\n${l}</main>\n${i}`}function E(t){return t.status===`invalid`?-2:e.st(t)?-1:e.it.indexOf(t.status)}function D(t,n){let r=e.Q(t),a=n.remarks.map(t=>`<p class="remark">${e.tt(t)}</p>\n`).join(``);return`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${e.jt(C)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="referrer" content="no-referrer">
<link rel="icon" href="data:,">
<title>NXCloud template assets: ${r}</title>
<style>${x}</style>
</head>
<body>
${i}
<header class="head">
<h1>NXCloud template assets</h1>
<p class="verdict is-${n.isSuccess?`success`:`failure`}">${n.isSuccess?`✓`:`✗`} ${r}</p>
<dl class="origin">${n.facts.map(O).join(`
`)}</dl>
${a}</header>
${k(t)}<main>
<p class="nothing" id="nothing"${t.length===0?``:` hidden`}>${t.length===0?`No assets.`:`No asset matches.`}</p>
<ul class="cards">
`}function O({name:t,text:n,address:r}){let i=e.Mt(n);return`<div><dt>${t}</dt> <dd>${r===void 0?i:`<a href="${e.jt(r)}">${i}</a>`}</dd></div>`}function k(t){let n=e.at(t).map(([t,n])=>A(t,t===`warned`?`Warnings`:e.rt(t),n.length)),r=t.length>100?` checked`:``;return`<section class="tools" aria-label="Filter">
<div class="tools-inside">
<div class="search needs-script"><label class="hidden-text" for="search">Search by path</label>
<input type="search" id="search" placeholder="Search by path" autocomplete="off" spellcheck="false"></div>
<p class="shown" id="shown" role="status">${e.Ot(t.length,`asset`)}</p>
<div class="choices">
<fieldset class="chips needs-script"><legend class="hidden-text">Status</legend>
${[A(``,`All`,t.length),...n].join(`
`)}
</fieldset>
<label class="switch list-switch"><input type="checkbox" id="as-list" autocomplete="off"${r}>List</label>
<label class="switch all-cuts"><input type="checkbox" id="all-cuts" autocomplete="off">Show what is cut off</label>
</div>
<p class="hidden-text" id="said" role="status"></p>
</div>
</section>
`}function A(e,t,n){return`<label class="chip"><input type="radio" name="status" value="${e}" autocomplete="off"${e===``?` checked`:``}><span class="chip-label">${t} <b class="chip-count">${n}</b></span></label>`}exports.buildGallery=T;