using System.Globalization;
using System.Text.Json.Nodes;
using Lockkeeper.Kernel.Ledger;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Server.Access;
using Lockkeeper.Server.Portal.Charts;
using Lockkeeper.Server.Web;
using Microsoft.AspNetCore.Http;

namespace Lockkeeper.Server.Portal.Pages;

/// <summary>One migration: its files, what was found and proven of it, what it did where it ran, and what people say of it.</summary>
internal static class ChangePage
{
    /// <summary>Where a change is shown.</summary>
    public static string PathOf(string database, string migration) => $"/changes/{Uri.EscapeDataString(database)}/{Uri.EscapeDataString(migration)}";

    public static async Task<Html> OfAsync(HttpContext context, ServerParts parts)
    {
        var (database, id) = ((string)context.Request.RouteValues["database"]!, (string)context.Request.RouteValues["id"]!);
        var caller = Guard.CallerOf(context);
        caller.Require(Role.Viewer, null, database);
        var shown = await VerbData.ReadAsync(context, parts, "migrate show", ("migration", id), ("database", database));
        if (shown.Error is { } error)
            throw error;
        var (status, lint, record) = (await VerbData.ReadAsync(context, parts, "migrate status", ("database", database)), await VerbData.ReadAsync(context, parts, "migrate lint", ("database", database)), await ChangeRecord.ReadAsync(context, parts, database, id));
        return Html.Of($"""
            <p><b>{$"{id} {(string?)shown.Data!["name"]}".Trim()}</b> of <b>{database}</b> {States(status, database, id)}</p>
            <h2>Scripts</h2>{shown.Data["scripts"]!.AsArray().Select(script => Script(script!))}
            <h2>Findings</h2>{Findings(lint, id, parts)}
            <h2>Proof</h2>{Proof(record, shown.Data, caller, parts, database)}
            {Queries(record)}
            <h2>Gates</h2>{(record.Gates.Count == 0 ? Html.Of($"<p class=\"muted\">No gate has run for it yet.</p>") : Html.Join(record.Gates.Select(gate => Gate(gate, parts))))}
            <h2>Ledger</h2>{LedgerTable.Of([.. record.Entries.Select(one => one.Entry).Reverse().Take(50)], parts.Redactor)}
            {Discussion(parts, caller, database, id)}
            """);
    }

    /// <summary>Keeps a comment.</summary>
    public static async Task CommentAsync(HttpContext context, ServerParts parts)
    {
        var (caller, database, form) = (Guard.CallerOf(context), (string)context.Request.RouteValues["database"]!, await context.Request.ReadFormAsync(context.RequestAborted));
        RequireVoice(parts, caller, database);
        var id = form["migration"].ToString();
        if ((await VerbData.ReadAsync(context, parts, "migrate show", ("migration", id), ("database", database))).Error is { } error)
            throw error;
        var text = parts.Redactor.Redact(form["text"].ToString().ReplaceLineEndings("\n").Trim());
        parts.Comments.Add(new Comment(database, id, parts.Clock.GetUtcNow(), caller.Name, text));
        using var workspace = parts.WorkspaceOf(caller.Name, new SilentProgress());
        await workspace.Ledger.AppendAsync(new LedgerFact("change.commented", RunId.New(parts.Clock), null, database, caller.Name, new JsonObject { ["migration"] = id, ["text"] = text }.ToJsonString()), context.RequestAborted);
        await Answers.GoAsync(context, PathOf(database, id) + "#discussion");
    }

    private static Html States(VerbData status, string database, string id)
    {
        var one = status.Data?["databases"]?.AsArray().FirstOrDefault(candidate => (string?)candidate!["database"] == database);
        var states = one?["migrations"]?.AsArray().FirstOrDefault(migration => (string?)migration!["id"] == id)?["states"]?.AsArray();
        return states is null ? Html.None : Html.Join(states.Zip(one!["environments"]!.AsArray(), (state, environment) => Html.Of($"<span class=\"pill {PipelinePage.Tone((string)state!)}\">{(string?)environment!["environment"]}: {(string?)state}</span> ")));
    }

    private static Html Script(JsonNode script) => Html.Of($"""
        <details class="script"{((string?)script["role"] == "up" ? new Html(" open") : Html.None)}><summary><b>{(string?)script["role"] switch { "up" => "Applies", "down" => "Undoes", _ => "Verifies" }}</b> <code>{(string?)script["file"]}</code> <span class="muted">sha256 {((string)script["sha256"]!)[..12]}</span></summary>
        <pre class="sql" tabindex="0">{SqlHtml.Of((string)script["text"]!)}</pre>{Html.If((bool?)script["whole"] == false, () => Html.Of($"<p class=\"muted\">This is its beginning.</p>"))}</details>
        """);

    private static Html Findings(VerbData lint, string id, ServerParts parts)
    {
        if (lint.Data is not { } data)
            return lint.Page(parts);
        var findings = data["findings"]!.AsArray().Where(one => (string?)one!["migration"] == id).ToList();
        return findings.Count == 0 ? Html.Of($"<p class=\"good\">No rule objects.</p>") : Html.Of($"""
            <div class="wide" tabindex="0"><table><thead><tr><th scope="col">Severity</th><th scope="col">Rule</th><th scope="col">Where</th><th scope="col">What</th></tr></thead>
            <tbody>{findings.Select(one => Html.Of($"""
                <tr><td><span class="pill {((string?)one!["severity"] switch { "error" => "bad", "warning" => "warning", _ => "" })}">{(string?)one["severity"]}</span></td><td><a href="/docs/reference/rules#{(string?)one["rule"]}">{(string?)one["rule"]}</a></td><td>line {(int)one["line"]!}</td><td>{(string?)one["message"]}<br><span class="muted">{(string?)one["hint"]}</span></td></tr>
                """))}</tbody></table></div>
            """);
    }

    private static Html Proof(ChangeRecord record, JsonNode shown, Caller caller, ServerParts parts, string database)
    {
        var button = RunForm.Of(parts, caller, "migrate prove", "Prove it", new() { ["database"] = database }, quiet: true);
        if (record.Proof is not { } proof)
            return Html.Of($"<p class=\"muted\">It was not proven on a shadow yet.</p>{button}");
        var isOther = (string?)proof["up"] != (string?)shown["scripts"]![0]!["sha256"];
        var done = record.Steps.Where(one => one.Entry.Fact.Kind == "step.done").ToList();
        var (word, tone) = (string?)proof["way_back"] switch { "Proven" => ("the way back is proven", "good"), "Broken" => ("the way back is broken", "bad"), "None" => ("there is no way back", "warning"), _ => ("the way back was not tried", "warning") };
        return Html.Of($"""
            {Html.If(isOther, () => Html.Of($"<p class=\"problem\">The file was changed after this proof.</p>"))}
            <p><span class="pill {tone}">{word}</span> <span class="muted">proven at {Time(record.ProvenAs!.Entry.At)} by {record.ProvenAs.Entry.Fact.Actor}{(record.ProvenAs.Entry.Fact.Environment is { } environment ? $" for {environment}" : "")}</span></p>
            <div class="wide" tabindex="0"><table><thead><tr><th scope="col">What</th><th scope="col" class="number">Forecast</th>{done.Select(one => Html.Of($"<th scope=\"col\" class=\"number\">In {one.Entry.Fact.Environment}, {one.Entry.At.UtcDateTime.ToString("MM-dd HH:mm", CultureInfo.InvariantCulture)}</th>"))}</tr></thead>
            <tbody><tr><th scope="row">takes</th><td class="number">{Milliseconds(proof["expected_ms"])}</td>{done.Select(one => Html.Of($"<td class=\"number\">{Milliseconds(one.Body?["duration_ms"])}</td>"))}</tr>
            {Locks(proof, done).Select(held => Html.Of($"<tr><th scope=\"row\">{held.Mode} on {held.Relation}</th><td class=\"number\">{Milliseconds(held.Forecast)}</td>{done.Select(one => Html.Of($"<td class=\"number\">{Milliseconds(Held(one, held.Relation, held.Mode)?["held_ms"])}</td>"))}</tr>"))}</tbody></table></div>
            {button}
            """);
    }

    private static IEnumerable<(string Relation, string Mode, JsonNode? Forecast)> Locks(JsonNode proof, IReadOnlyList<ReadEntry> done)
    {
        var forecast = proof["locks"]!.AsArray().Select(one => ((string)one!["relation"]!, (string)one["mode"]!, one["hold_ms"])).ToList();
        var seen = done.SelectMany(one => one.Body?["locks"]?["held"]?.AsArray() ?? []).Select(one => ((string)one!["relation"]!, (string)one["mode"]!, (JsonNode?)null));
        return forecast.Concat(seen).DistinctBy(one => (one.Item1, one.Item2));
    }

    private static JsonNode? Held(ReadEntry step, string relation, string mode) =>
        (step.Body?["locks"]?["held"] as JsonArray)?.FirstOrDefault(one => (string?)one!["relation"] == relation && (string?)one["mode"] == mode);

    private static Html Queries(ChangeRecord record) => record.ProvenAs?.Body?["queries"] is not JsonObject queries ? Html.None : Html.Of($"""
        <h2>Queries</h2><p>{(int?)queries["checked"] ?? 0} statements of the application were tried before and after: <b class="{(Count(queries, "breaks") > 0 ? "bad" : "good")}">{Count(queries, "breaks")} break</b>, {Count(queries, "changes_types")} change their types, {Count(queries, "changes_plan")} change their plan{((int?)queries["new"] is { } fresh ? $"; of {fresh} new ones {(int?)queries["new_fails"] ?? 0} fail" : "")}. {(string?)queries["deploy_order"]}</p>
        """);

    private static int Count(JsonObject queries, string name) => (queries[name] as JsonArray)?.Count ?? 0;

    private static Html Gate(ReadEntry gate, ServerParts parts)
    {
        var passed = gate.Entry.Fact.Kind.EndsWith(".passed", StringComparison.Ordinal);
        return Html.Of($"""
            <div class="card"><p><span class="pill {(passed ? "good" : "bad")}">{(passed ? "passed" : "failed")}</span> <b>{(string?)gate.Body?["gate"] ?? "health"}</b> in {gate.Entry.Fact.Environment} <span class="muted">{Time(gate.Entry.At)}</span> {(string?)gate.Body?["words"]}</p>
            {Html.If((string?)gate.Body?["output"] is { Length: > 0 }, () => Html.Of($"<pre tabindex=\"0\">{parts.Redactor.Redact((string)gate.Body!["output"]!)}</pre>"))}</div>
            """);
    }

    private static Html Discussion(ServerParts parts, Caller caller, string database, string id) => Html.Of($"""
        <section id="discussion"><h2>Discussion</h2>
        {parts.Comments.Of(database, id).Select(comment => Html.Of($"<article class=\"card comment\"><p><b>{comment.Actor}</b> <span class=\"muted\">{Time(comment.At)}</span></p><p class=\"said\">{comment.Text}</p></article>"))}
        {Html.If(HasVoice(parts, caller, database), () => Html.Of($"""
            <form class="stack card" method="post" action="/changes/{Uri.EscapeDataString(database)}">{Layout.ForgeryField(caller)}<input type="hidden" name="migration" value="{id}">
            <label for="text">Comment</label><textarea id="text" name="text" rows="3" required maxlength="{Comments.MostCharacters}"></textarea><button>Say it</button></form>
            """))}</section>
        """);

    /// <summary>Who may try changes of this database somewhere may talk about them.</summary>
    private static bool HasVoice(ServerParts parts, Caller caller, string database)
    {
        using var workspace = parts.WorkspaceOf(caller.Name, new SilentProgress());
        return caller.May(Role.Developer, null, database) || workspace.Config.Environments.Any(environment => caller.May(Role.Developer, environment.Name, database));
    }

    private static void RequireVoice(ServerParts parts, Caller caller, string database)
    {
        if (!HasVoice(parts, caller, database))
            caller.Require(Role.Developer, null, database);
    }

    private static string Milliseconds(JsonNode? value) => value is null ? "–" : Quantity.Words((double)value / 1000, "seconds");

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture);
}
