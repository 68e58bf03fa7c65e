using System.Security.Cryptography;
using System.Text;
using Lockkeeper.Migrate.Series;

namespace Lockkeeper.Migrate.Formats.Sqitch;

/// <summary>The ids that Sqitch gives to changes and tags: SHA-1 of their info text with a header as in a git object.</summary>
/// <remarks>Source: App::Sqitch::Plan::Change and App::Sqitch::Plan::Tag of Sqitch 1.3, attributes <c>info</c> and <c>id</c>.</remarks>
internal static class SqitchIds
{
    public static string OfChange(string project, string? uri, string name, string? parent, SqitchPlanner planner, IReadOnlyList<SqitchDependency> dependencies, string note) => Hash(
        "change",
        [
            $"project {project}",
            .. Uri(uri),
            $"change {name}",
            .. parent is null ? Array.Empty<string>() : [$"parent {parent}"],
            .. Planned(planner),
            .. List("requires", "+", dependencies.Where(dependency => !dependency.Conflicts)),
            .. List("conflicts", "-", dependencies.Where(dependency => dependency.Conflicts)),
            .. Note(note),
        ]);

    public static string OfTag(string project, string? uri, string name, string change, SqitchPlanner planner, string note) =>
        Hash("tag", [$"project {project}", .. Uri(uri), $"tag @{name}", $"change {change}", .. Planned(planner), .. Note(note)]);

    /// <summary>Sqitch's script_hash of a deploy script.</summary>
    public static string OfScript(byte[] bytes) => Hex(bytes);

    private static string[] Uri(string? uri) => uri is null ? [] : [$"uri {SqitchUri.Canonical(uri)}"];

    private static string[] Planned(SqitchPlanner planner) => [$"planner {planner.Name} <{planner.Email}>", $"date {planner.PlannedAt}"];

    private static string[] Note(string note) => note.Length == 0 ? [] : ["", note];

    private static string[] List(string title, string sign, IEnumerable<SqitchDependency> dependencies)
    {
        var words = dependencies.Select(dependency => $"  {sign} {dependency.Words}").ToList();
        return words.Count == 0 ? [] : [title, .. words];
    }

    private static string Hash(string type, IEnumerable<string> lines)
    {
        var content = Encoding.UTF8.GetBytes(string.Join('\n', lines));
        return Hex([.. Encoding.ASCII.GetBytes($"{type} {content.Length}\0"), .. content]);
    }

#pragma warning disable CA5350 // Sqitch's ids are SHA-1; nothing here relies on its strength.
    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(SHA1.HashData(bytes));
#pragma warning restore CA5350
}
