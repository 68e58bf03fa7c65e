using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using Lockkeeper.Kernel.Verbs;
using Lockkeeper.Server.Access;

namespace Lockkeeper.Server.Api;

/// <summary>The document that describes the API (OpenAPI 3.1), made from the declarations of the verbs.</summary>
internal static class OpenApi
{
    /// <summary>The document.</summary>
    public static string Of(IReadOnlyCollection<Verb> verbs)
    {
        var paths = new JsonObject();
        foreach (var verb in verbs)
        {
            var item = new JsonObject();
            if (verb.Effect == VerbEffect.Reads)
                item["get"] = Operation(verb, "", Queries(verb), null, Answer(verb));
            item["post"] = Operation(verb, " as a job", [Query("wait", "integer", "How many seconds to wait for the end, up to 60")], ParameterSchema.Of(VerbRights.ParametersOf(verb)), Schema("#/components/schemas/Job"));
            paths[ApiRoutes.PathOf(verb)] = item;
        }

        AddJobs(paths);
        var schemas = new JsonObject { ["Job"] = JobSchema(), ["Problem"] = ProblemSchema() };
        foreach (var verb in verbs)
            schemas[NameOf(verb)] = DataSchema(verb);
        var document = new JsonObject
        {
            ["openapi"] = "3.1.0",
            ["info"] = new JsonObject { ["title"] = "Lockkeeper", ["version"] = "1", ["description"] = "Every verb of lk that makes sense over a network. An error is a problem (RFC 9457) with the code of docs/reference/errors.md." },
            ["security"] = new JsonArray(new JsonObject { ["token"] = new JsonArray() }),
            ["paths"] = paths,
            ["components"] = new JsonObject
            {
                ["securitySchemes"] = new JsonObject { ["token"] = new JsonObject { ["type"] = "http", ["scheme"] = "bearer" } },
                ["schemas"] = schemas,
            },
        };
        return document.ToJsonString();
    }

    private static JsonObject Operation(Verb verb, string how, JsonArray parameters, JsonObject? body, JsonObject answer)
    {
        var operation = new JsonObject
        {
            ["operationId"] = verb.Path.Replace(' ', '_') + (how.Length == 0 ? "" : "_job"),
            ["summary"] = verb.Summary + how,
            ["description"] = verb.Details,
            ["tags"] = new JsonArray(verb.Path.Split(' ')[0]),
            ["x-role"] = VerbRights.LeastRoleOf(verb).ToString().ToLowerInvariant(),
            ["parameters"] = parameters,
            ["responses"] = new JsonObject { ["200"] = Response("The answer", answer), ["default"] = Response("An error", Schema("#/components/schemas/Problem"), "application/problem+json") },
        };
        if (body is not null)
            operation["requestBody"] = new JsonObject { ["content"] = new JsonObject { ["application/json"] = new JsonObject { ["schema"] = body } } };
        return operation;
    }

    private static JsonArray Queries(Verb verb) => new([.. VerbRights.ParametersOf(verb).Select(parameter =>
    {
        var query = Query(parameter.Name, "string", parameter.Help);
        query["required"] = parameter.Required;
        query["schema"] = ParameterSchema.Of(parameter);
        return (JsonNode)query;
    })]);

    private static JsonObject Answer(Verb verb)
    {
        return new JsonObject
        {
            ["type"] = "object",
            ["properties"] = new JsonObject { ["verb"] = new JsonObject { ["type"] = "string" }, ["exit"] = new JsonObject { ["type"] = "integer" }, ["data"] = Schema("#/components/schemas/" + NameOf(verb)) },
        };
    }

    private static string NameOf(Verb verb) => verb.Path.Replace(' ', '-');

    private static JsonNode DataSchema(Verb verb)
    {
        var schema = verb.ReportType().GetJsonSchemaAsNode(new JsonSchemaExporterOptions { TreatNullObliviousAsNonNullable = true });
        Relocate(schema, "#/components/schemas/" + NameOf(verb));
        return schema;
    }

    /// <summary>A type that holds itself refers to its place from the root of its own document, which this one is not.</summary>
    private static void Relocate(JsonNode? node, string root)
    {
        if (node is JsonArray array)
        {
            foreach (var item in array)
                Relocate(item, root);
        }
        else if (node is JsonObject members)
        {
            if (members["$ref"] is JsonValue reference && reference.GetValue<string>() is ['#', .. var rest])
                members["$ref"] = root + rest;
            foreach (var (_, member) in members)
                Relocate(member, root);
        }
    }

    private static void AddJobs(JsonObject paths)
    {
        var id = new JsonObject { ["name"] = "id", ["in"] = "path", ["required"] = true, ["schema"] = new JsonObject { ["type"] = "string" } };
        var problem = Response("An error", Schema("#/components/schemas/Problem"), "application/problem+json");
        paths[ApiRoutes.Prefix + "jobs"] = new JsonObject
        {
            ["get"] = new JsonObject
            {
                ["operationId"] = "jobs", ["summary"] = "the newest jobs", ["x-role"] = "viewer",
                ["parameters"] = new JsonArray(Query("limit", "integer", "How many, up to 200"), Query("before", "string", "Only those before this one")),
                ["responses"] = new JsonObject { ["200"] = Response("Jobs, and the address of the next page", new JsonObject { ["type"] = "object" }), ["default"] = problem.DeepClone() },
            },
        };
        paths[ApiRoutes.Prefix + "schedules"] = new JsonObject
        {
            ["get"] = new JsonObject
            {
                ["operationId"] = "schedules", ["summary"] = "what the server does at times, with the last and the next run", ["x-role"] = "viewer", ["parameters"] = new JsonArray(),
                ["responses"] = new JsonObject { ["200"] = Response("Schedules", new JsonObject { ["type"] = "object" }), ["default"] = problem.DeepClone() },
            },
        };
        foreach (var (path, method, words, type) in new[] { ("", "get", "a job with its answer", "application/json"), ("/events", "get", "what a job says while it runs: the events line, now and end", "text/event-stream"), ("/stop", "post", "ask a job to stop", "application/json") })
        {
            paths[$"{ApiRoutes.Prefix}jobs/{{id}}{path}"] = new JsonObject
            {
                [method] = new JsonObject
                {
                    ["operationId"] = "job" + path.Replace('/', '_'), ["summary"] = words, ["x-role"] = "viewer", ["parameters"] = new JsonArray(id.DeepClone()),
                    ["responses"] = new JsonObject { ["200"] = Response("The job", Schema("#/components/schemas/Job"), type), ["default"] = problem.DeepClone() },
                },
            };
        }
    }

    private static JsonObject Query(string name, string type, string help) => new() { ["name"] = name, ["in"] = "query", ["description"] = help, ["schema"] = new JsonObject { ["type"] = type } };

    private static JsonObject Response(string words, JsonObject schema, string type = "application/json") => new() { ["description"] = words, ["content"] = new JsonObject { [type] = new JsonObject { ["schema"] = schema } } };

    private static JsonObject Schema(string reference) => new() { ["$ref"] = reference };

    private static JsonObject JobSchema() => Object(("id", "string"), ("verb", "string"), ("actor", "string"), ("state", "string"), ("asked_at", "string"), ("node", "string"), ("attempt", "integer"), ("exit", "integer"), ("answer", "object"));

    private static JsonObject ProblemSchema() => Object(("type", "string"), ("title", "string"), ("status", "integer"), ("detail", "string"), ("code", "string"), ("hint", "string"));

    private static JsonObject Object(params (string Name, string Type)[] members)
    {
        var properties = new JsonObject();
        foreach (var (name, type) in members)
            properties[name] = new JsonObject { ["type"] = type };
        return new JsonObject { ["type"] = "object", ["properties"] = properties };
    }
}
