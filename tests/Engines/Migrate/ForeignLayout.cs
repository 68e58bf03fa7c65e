using System.Security.Cryptography;
using System.Text;
using Lockkeeper.Tests.TestKit;

namespace Lockkeeper.Tests.Engines.Migrate;

/// <summary>A migration as an author wrote it, before a tool's layout is put around it.</summary>
internal sealed record Written(string Name, string Up, string? Down = null, bool NoTransaction = false)
{
    /// <summary>The migrations of examples/shop, with their ways back.</summary>
    public static IReadOnlyList<Written> Shop() =>
    [
        .. Directory.EnumerateFiles(RepositoryRoot.Path("examples/shop/migrations/shop"), "*.up.sql").Order(StringComparer.Ordinal).Select(file =>
        {
            var (up, down) = (File.ReadAllText(file), File.ReadAllText(file.Replace(".up.sql", ".down.sql", StringComparison.Ordinal)));
            return new Written(Path.GetFileName(file)[5..^7], Plain(up), Plain(down), up.Contains("lk: no-transaction", StringComparison.Ordinal));
        }),
    ];

    /// <summary>A packaged series, forward only.</summary>
    public static IReadOnlyList<Written> Of(RealSeries series) =>
        [.. series.Files.Select(file => new Written(string.Concat(Path.GetFileNameWithoutExtension(file.Name).Select(c => char.IsAsciiLetterOrDigit(c) ? c : '_')).TrimStart('0', '1', '2', '3', '4', '5', '6', '7', '8', '9', '_'), file.Text))];

    /// <summary>Without the directives of ours: the tools' own must do.</summary>
    private static string Plain(string text) => string.Join('\n', text.Split('\n').Where(line => !line.StartsWith("-- lk:", StringComparison.Ordinal)));
}

/// <summary>Lays a series out as a tool wants it.</summary>
internal static class ForeignLayout
{
    /// <summary>The files, with paths below the migrations folder.</summary>
    public static IReadOnlyList<(string File, string Text)> Of(string format, IReadOnlyList<Written> series)
    {
        var files = series.SelectMany((written, index) => Files(format, written, index + 1)).ToList();
        return format switch
        {
            "prisma" => [.. files, ("migration_lock.toml", "provider = \"postgresql\"\n")],
            "drizzle" => [.. files, ("meta/_journal.json", $$"""{"dialect": "postgresql", "entries": [{{string.Join(", ", files.Select((file, index) => $$"""{"idx": {{index}}, "when": {{1700000000000 + index}}, "tag": "{{file.File[..^4]}}"}"""))}}]}""")],
            "atlas" => [.. files, ("atlas.sum", AtlasSum(files))],
            "ef-core" => [("script.sql", string.Concat(files.Select(file => file.Text)))],
            _ => files,
        };
    }

    /// <summary>Writes them into a project.</summary>
    public static void Put(LkProject project, string format, IReadOnlyList<Written> series)
    {
        foreach (var (file, text) in Of(format, series))
            project.File($"migrations/{file}", text);
    }

    private static IEnumerable<(string File, string Text)> Files(string format, Written written, int number)
    {
        var stamp = $"{20240101000000 + number}";
        var name = $"{stamp}_{written.Name}";
        var (up, down, no) = (written.Up, written.Down, written.NoTransaction);
        switch (format)
        {
            case "goose":
                return [($"{name}.sql", $"{(no ? "-- +goose NO TRANSACTION\n" : "")}-- +goose Up\n-- +goose StatementBegin\n{up}\n-- +goose StatementEnd\n" + (down is null ? "" : $"\n-- +goose Down\n{down}\n"))];
            case "dbmate":
                return [($"{name}.sql", $"-- migrate:up{(no ? " transaction:false" : "")}\n{up}\n\n-- migrate:down{(no ? " transaction:false" : "")}\n{down}\n")];
            case "diesel":
                return [($"{name}/up.sql", up), .. Down($"{name}/down.sql", down), .. no ? [($"{name}/metadata.toml", "run_in_transaction = false\n")] : Array.Empty<(string, string)>()];
            case "sqlx":
                return [($"{name}{(down is null ? "" : ".up")}.sql", (no ? "-- no-transaction\n" : "") + up), .. Down($"{name}.down.sql", down is null || !no ? down : "-- no-transaction\n" + down)];
            case "prisma":
                return [($"{name}/migration.sql", up)];
            case "evolve":
                return [($"V{number}__{written.Name}.sql", (no ? "-- evolve-tx-off\n" : "") + up)];
            case "grate":
                return [($"up/{name}.sql", up)];
            case "ef-core":
                up = up.TrimEnd() is var end && end.EndsWith(';') ? end : end + "\n;";
                return [($"{name}.sql", (no ? up : $"START TRANSACTION;\n\n{up}\n\n") + $"INSERT INTO \"__EFMigrationsHistory\" (\"MigrationId\", \"ProductVersion\")\nVALUES ('{name}', '8.0.0');\n\n{(no ? "" : "COMMIT;\n\n")}")];
            default:
                return [($"{name}.sql", (no && format == "atlas" ? "-- atlas:txmode none\n\n" : "") + up)];
        }

        static IEnumerable<(string File, string Text)> Down(string file, string? text) => text is null ? [] : [(file, text)];
    }

    /// <summary>As Atlas' documentation defines it.</summary>
    public static string AtlasSum(IReadOnlyList<(string File, string Text)> files)
    {
        var (all, lines, names) = (new List<byte>(), "", "");
        foreach (var (file, text) in files)
        {
            all.AddRange(Encoding.UTF8.GetBytes(file + text));
            var hash = Convert.ToBase64String(SHA256.HashData(all.ToArray()));
            (lines, names) = ($"{lines}{file} h1:{hash}\n", names + file + hash);
        }

        return $"h1:{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(names)))}\n{lines}";
    }
}
