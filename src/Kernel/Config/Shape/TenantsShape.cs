using System.Text.Json.Nodes;
using Lockkeeper.Kernel.Config.Yaml;
using Lockkeeper.Kernel.Errors;

namespace Lockkeeper.Kernel.Config.Shape;

/// <summary>A target: a connection URL, or a map that says which tenants there are.</summary>
internal sealed class TenantsShape : IShape<TargetConfig>
{
    private static readonly Key<PlacedText> Url = new("url", new PlacedShape(TargetShape.Shape), "The connection URL; alone it is the same as the URL without a map around it.")
    {
        Example = "\"${env:PROD_URL}\"",
    };

    private static readonly Key<TenantNames> Databases = new(
        "databases", new TenantNamesShape("databases"), "The databases on the server of 'url', a tenant each: a list, or { query: … } whose first column has their names.")
    {
        Example = "[acme, globex]",
    };

    private static readonly Key<TenantNames> Schemas = new(
        "schemas", new TenantNamesShape("schemas"),
        "The schemas in the database of 'url', a tenant each: a list, or { query: … } whose first column has their names. Migrations run with the schema as search_path, before those of search_path.")
    {
        Example = "{ query: \"SELECT schema FROM public.tenants ORDER BY 1\" }",
    };

    private static readonly Key<IReadOnlyList<PlacedText>> Urls = new(
        "urls", new DistinctShape(TargetShape.Shape, "connection URLs"), "The connection URLs of the tenants, instead of 'url'.")
    {
        Example = "[ \"${env:SHARD_1}\", \"${env:SHARD_2}\" ]",
    };

    private static readonly Key<string> File = new(
        "file", Values.Text, "A file with the connection URL of a tenant, or a reference to it, in each line, instead of 'url'; empty lines and lines that begin with # are passed over.")
    {
        Example = "shards.txt",
    };

    private static readonly Key<CanaryConfig> Canary = new(
        "canary", new CanaryShape(), "The tenants that go first, by name or so many of the first; they alone run the gates and the health watch, and the others follow when all of them have passed.")
    {
        Example = "[acme]",
    };

    private static readonly Key<int> Parallel = new(
        "parallel", Values.Integer(1, 256), "How many tenants are changed at the same time; each takes two connections.") { Default = "2", Example = "8" };

    private static readonly Key<FailureBudget> MaxFailures = new(
        "max_failures", Budget(), "How many tenants, or what share of them, may fail before no further one is started; one more stops the run.") { Default = "0", Example = "10%" };

    private static readonly RecordShape<Parts> Record = new(
        "a target", [Url, Databases, Schemas, Urls, File, Canary, Parallel, MaxFailures],
        fields => new Parts(
            fields.GetOrNull(Url), fields.GetOrNull(Databases), fields.GetOrNull(Schemas), fields.GetOrNull(Urls), fields.GetOrNull(File), fields.GetOrNull(Canary),
            fields.Get(Parallel), fields.Get(MaxFailures)))
    {
        Check = Wrong,
    };

    public static TenantsShape Shape { get; } = new();

    public static IRecordShape Keys => Record;

    public string Words => "a connection URL, or a map of tenants";

    public IShape Item => Record;

    public JsonObject Schema() => new() { ["anyOf"] = new JsonArray(TargetShape.Shape.Schema(), Record.Schema()) };

    public bool TryRead(YamlNode node, string label, Problems problems, out TargetConfig value)
    {
        value = default!;
        var at = problems.At(node);
        if (node is not YamlMap)
        {
            var isUrl = TargetShape.Shape.TryRead(node, label, problems, out var url);
            value = new TargetConfig { Url = new PlacedText(url, at), At = at };
            return isUrl;
        }

        if (!Record.TryRead(node, label, problems, out var parts))
            return false;
        value = new TargetConfig
        {
            Url = parts.Url, Databases = parts.Databases, Schemas = parts.Schemas, Urls = parts.Urls ?? [], File = parts.File, Canary = parts.Canary,
            Parallel = parts.Parallel, MaxFailures = parts.MaxFailures, At = at,
        };
        return true;
    }

    private static Mistake? Wrong(Parts parts)
    {
        var places = new object?[] { parts.Url, parts.Urls, parts.File }.Count(place => place is not null);
        if (places != 1)
            return new Mistake(places == 0 ? "a target has neither 'url' nor 'urls' nor 'file'" : "a target has more than one of 'url', 'urls' and 'file'", "Give one of them.", places == 0 ? KernelErrors.ConfigMissingKey : null);
        if (parts.Databases is not null && parts.Schemas is not null)
            return new Mistake("a target has 'databases' and 'schemas'", "Give one of them: a tenant is either a database or a schema.");
        if (parts.Url is null && (parts.Databases ?? parts.Schemas) is not null)
            return new Mistake("'databases' and 'schemas' need 'url'", "Give the URL of the server as 'url'.");
        return parts.Canary is not null && parts.Url is not null && parts.Databases is null && parts.Schemas is null
            ? new Mistake("'canary' needs tenants", "Add 'databases' or 'schemas', or take 'canary' out.")
            : null;
    }

    private static ScalarShape<FailureBudget> Budget() => new(
        "a number of tenants or a share such as 10%", "Write 0, a number such as 5, or a share such as 10%.",
        (YamlScalar scalar, string _, out FailureBudget value) => FailureBudget.TryParse(scalar.Text, out value) ? null : new Mistake(),
        """{ "type": ["integer", "string"], "pattern": "^[0-9]+%?$", "minimum": 0 }""");

    /// <summary>The values before they are known to fit each other.</summary>
    private sealed record Parts(
        PlacedText? Url, TenantNames? Databases, TenantNames? Schemas, IReadOnlyList<PlacedText>? Urls, string? File, CanaryConfig? Canary, int Parallel, FailureBudget MaxFailures);
}
