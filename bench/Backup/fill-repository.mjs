// Makes a repository of pgBackRest look as one does after years: many sets and many WAL segments, of the size of nothing. What is there stays; only what lists a repository can be tried on it.
// Usage: node fill-repository.mjs REPOSITORY STANZA SETS SEGMENTS
import crypto from "node:crypto";
import fs from "node:fs";
import path from "node:path";

const [repository, stanza, setsText, segmentsText] = process.argv.slice(2);
const [sets, segments] = [Number(setsText), Number(segmentsText)];
const setsOfOneFull = 50;
const segmentsOfOneLog = 256; // of 16 MB
const infoFile = path.join(repository, "backup", stanza, "backup.info");
const archive = path.join(repository, "archive", stanza, "15-1".replace("15", majorOf(infoFile)));
const { uid, gid } = fs.statSync(infoFile);
const now = Math.floor(Date.now() / 1000);
const secondsOfOne = 30;

function majorOf(file) { return /^db-version="([^"]+)"/m.exec(fs.readFileSync(file, "utf8"))[1]; }

const hex = number => number.toString(16).toUpperCase().padStart(8, "0");
const name = number => `00000001${hex(Math.floor(number / segmentsOfOneLog))}${hex(number % segmentsOfOneLog)}`;
const place = (number, offset) => `${Math.floor(number / segmentsOfOneLog).toString(16).toUpperCase()}/${((number % segmentsOfOneLog) * 16777216 + offset).toString(16).toUpperCase()}`;
const label = seconds => new Date(seconds * 1000).toISOString().replace(/[-:]/g, "").replace("T", "-").slice(0, 15);
const own = file => fs.chownSync(file, uid, gid);

// Segments: each half a minute after the one before, the last of them now.
const moment = number => now - (segments - number) * secondsOfOne;
const there = new Set(fs.readdirSync(archive, { recursive: true }).map(file => path.basename(file).slice(0, 24)));
for (let number = 1; number <= segments; number++) {
    const folder = path.join(archive, name(number).slice(0, 16));
    if (!fs.existsSync(folder)) {
        fs.mkdirSync(folder, { mode: 0o750 });
        own(folder);
    }
    if (there.has(name(number))) continue;
    const file = path.join(folder, `${name(number)}-${crypto.createHash("sha1").update(name(number)).digest("hex")}.zst`);
    fs.writeFileSync(file, "", { mode: 0o640 });
    own(file);
    fs.utimesSync(file, moment(number), moment(number));
}

// Sets: evenly over the segments, a full one first and incremental ones after it, each of which needs all before it up to the full one.
const text = fs.readFileSync(infoFile, "utf8");
const sections = new Map();
let section;
for (const line of text.split("\n")) {
    if (line.startsWith("[")) sections.set(section = line.slice(1, -1), sections.get(section) ?? []);
    else if (line.includes("=")) sections.get(section).push([line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]);
}
const current = sections.get("backup:current");
const [like] = current;
let chain = [];
const made = [];
for (let i = 0; i < sets - current.length; i++) {
    const first = Math.max(2, Math.floor((i + 1) * (segments - 10) / sets));
    const full = i % setsOfOneFull === 0;
    const own = full ? `${label(moment(first))}F` : `${chain[0]}_${label(moment(first))}I`;
    const set = { ...JSON.parse(like[1]), "backup-archive-start": name(first), "backup-archive-stop": name(first), "backup-lsn-start": place(first, 0x28), "backup-lsn-stop": place(first, 0x100),
        "backup-timestamp-start": moment(first), "backup-timestamp-stop": moment(first) + 10, "backup-type": full ? "full" : "incr" };
    if (!full) Object.assign(set, { "backup-prior": chain.at(-1), "backup-reference": [...chain] });
    chain = full ? [own] : [...chain, own];
    made.push([own, JSON.stringify(Object.fromEntries(Object.entries(set).sort(([a], [b]) => (a < b ? -1 : 1))))]);
    fs.mkdirSync(path.join(repository, "backup", stanza, own), { mode: 0o750 });
}
// It names the real ones last: by their labels they are the newest.
sections.set("backup:current", [...made, ...current].sort(([a], [b]) => (a < b ? -1 : 1)));

// Its checksum is that of its content as one JSON object, without white space and without the checksum itself (src/info/info.c, 2.45).
const content = () => `{${[...sections].filter(([, lines]) => lines.length > 0).map(([title, lines]) => `"${title}":{${lines.map(([key, value]) => `"${key}":${value}`).join(",")}}`).join(",")}}`;
sections.set("backrest", sections.get("backrest").filter(([key]) => key !== "backrest-checksum"));
const sum = crypto.createHash("sha1").update(content()).digest("hex");
const written = `${[...sections].map(([title, lines]) => `[${title}]\n${lines.map(([key, value]) => `${key}=${value}\n`).join("")}`).join("\n")}\n[backrest]\nbackrest-checksum="${sum}"\n`;
for (const file of [infoFile, `${infoFile}.copy`]) fs.writeFileSync(file, written);
