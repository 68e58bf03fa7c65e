using Lockkeeper.Server.Access;
using Lockkeeper.Server.Portal.Pages;
using Lockkeeper.Server.Web;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Lockkeeper.Server.Portal;

/// <summary>The addresses of the pages.</summary>
internal static class PortalRoutes
{
    /// <summary>Adds them.</summary>
    public static void Map(IEndpointRouteBuilder routes, ServerParts parts)
    {
        Open(routes.MapGet("/assets/{name}", (RequestDelegate)Assets.AnswerAsync));
        Open(routes.MapGet("/sign-in", (RequestDelegate)(static context => SignInPage.ShowAsync(context, null))));
        Open(routes.MapPost("/sign-in", (RequestDelegate)(context => SignInPage.EnterAsync(context, parts))));
        Open(routes.MapGet("/setup", (RequestDelegate)(context => SetupPage.ShowAsync(context, parts, null))));
        Open(routes.MapPost("/setup", (RequestDelegate)(context => SetupPage.EnterAsync(context, parts))));
        routes.MapPost("/sign-out", (RequestDelegate)(context => SignInPage.LeaveAsync(context, parts)));
        Page(routes, "/", "Fleet", Role.Viewer, context => FleetPage.OfAsync(context, parts));
        Page(routes, "/databases/{environment}/{database}", "Database", null, context => DatabasePage.OfAsync(context, parts));
        Page(routes, "/databases/{environment}/{database}/statements/{id}", "Statement", null, context => DatabasePage.StatementAsync(context, parts));
        Page(routes, "/pipeline", "Pipeline", Role.Viewer, context => PipelinePage.OfAsync(context, parts));
        Page(routes, "/pipeline/running", "Running migrations", Role.Viewer, context => PipelinePage.RunningAsync(context, parts));
        Page(routes, "/changes/{database}/{id}", "Change", null, context => ChangePage.OfAsync(context, parts));
        routes.MapPost("/changes/{database}", (RequestDelegate)(context => ChangePage.CommentAsync(context, parts)));
        Page(routes, "/alerts", "Alerts", Role.Viewer, context => AlertsPage.OfAsync(context, parts));
        Page(routes, "/alerts/{rule}", "Alert", Role.Viewer, context => AlertsPage.RunbookAsync(context, parts));
        Page(routes, "/backups", "Backups", Role.Viewer, context => BackupsPage.OfAsync(context, parts));
        Page(routes, "/proposals", "Proposals", Role.Viewer, context => ProposalsPage.ListAsync(context, parts));
        Page(routes, "/proposals/{id}", "Proposal", Role.Viewer, context => ProposalsPage.ShowAsync(context, parts));
        Page(routes, "/backups/{cluster}/recovery", "Recovery", Role.Viewer, context => BackupsPage.RecoveryAsync(context, parts));
        Page(routes, "/provision", "Provision", Role.Viewer, context => ProvisionPage.OfAsync(context, parts));
        routes.MapPost("/provision/draft", (RequestDelegate)(context => ProvisionPage.DraftAsync(context, parts)));
        routes.MapPost("/provision/write", (RequestDelegate)(context => ProvisionPage.WriteAsync(context, parts)));
        Page(routes, "/jobs", "Jobs", null, context => JobsPage.ListAsync(context, parts));
        Page(routes, "/jobs/{id}", "Job", null, context => JobsPage.ShowAsync(context, parts));
        Page(routes, "/schedules", "Schedules", Role.Viewer, context => SchedulesPage.OfAsync(context, parts));
        Page(routes, "/ledger", "Ledger", Role.Viewer, context => LedgerPage.OfAsync(context, parts));
        routes.MapGet("/ledger/export", (RequestDelegate)(context => LedgerExport.AnswerAsync(context, parts)));
        Page(routes, "/docs", "Docs", null, static _ => Task.FromResult(DocsPage.List()));
        routes.MapGet("/docs/{**name}", (RequestDelegate)DocsPage.AnswerAsync);
        Page(routes, "/people", "People", Role.Admin, context => PeoplePage.OfAsync(context, parts, Html.None));
        Page(routes, "/account", "Your account", null, context => AccountPage.OfAsync(context, parts, Html.None));
        routes.MapPost("/run/{**verb}", (RequestDelegate)(context => RunForm.StartAsync(context, parts)));
        routes.MapPost("/jobs/{id}/stop", (RequestDelegate)(context => JobsPage.StopAsync(context, parts)));
        routes.MapPost("/people", (RequestDelegate)(context => PeoplePage.AddAsync(context, parts)));
        routes.MapPost("/people/{name}", (RequestDelegate)(context => PeoplePage.ChangeAsync(context, parts)));
        routes.MapPost("/account/password", (RequestDelegate)(context => AccountPage.PasswordAsync(context, parts)));
        routes.MapPost("/account/tokens", (RequestDelegate)(context => AccountPage.TokenAsync(context, parts)));
        routes.MapPost("/account/tokens/{id}/revoke", (RequestDelegate)(context => AccountPage.RevokeAsync(context, parts)));
    }

    private static void Open(IEndpointConventionBuilder route) => route.WithMetadata(new OpenToAll());

    private static void Page(IEndpointRouteBuilder routes, string path, string title, Role? role, Func<HttpContext, Task<Html>> content) => routes.MapGet(path, (RequestDelegate)(async context =>
    {
        var caller = Guard.CallerOf(context);
        if (role is { } needed)
            caller.Require(needed);
        await Answers.PageAsync(context, Layout.Of(new PageFrame(title, path, caller), await content(context)));
    }));
}
